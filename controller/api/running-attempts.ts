import type { AttemptProgress, Progress } from "@polyglot/contracts/service";

/**
 * Where attempts stand that run, as their agents told last. In memory: an agent has a stream to every controller and tells
 * each of them, so that replicas need no word of each other, and what is lost with a stream comes again with the next
 * heartbeat. Bounded by what agents put into one message.
 */
export class RunningAttempts {
  readonly #byExecution = new Map<string, { readonly source: object; readonly progress: AttemptProgress }>();
  readonly #bySource = new Map<object, readonly string[]>();

  /** `source`: the stream, whose words replace its earlier ones. */
  tell(source: object, { attempts }: Progress): void {
    this.forget(source);
    for (const progress of attempts) this.#byExecution.set(progress.executionId, { source, progress });
    this.#bySource.set(
      source,
      attempts.map(({ executionId }) => executionId),
    );
  }

  /** The stream is over. */
  forget(source: object): void {
    for (const id of this.#bySource.get(source) ?? []) {
      if (this.#byExecution.get(id)?.source === source) this.#byExecution.delete(id);
    }
    this.#bySource.delete(source);
  }

  /** Undefined where nobody has told of this attempt. */
  of(executionId: string, attemptNo: number): AttemptProgress | undefined {
    const progress = this.#byExecution.get(executionId)?.progress;
    return progress?.attemptNo === attemptNo ? progress : undefined;
  }
}
