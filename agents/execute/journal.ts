/**
 * How the steps of one attempt ended, committed before the steps after them begin, so that a later attempt goes on after
 * the last one instead of running them again.
 *
 *     (a step begins) ──next──> its place ──ending known──> not run: it ends as it did
 *                                   └──run──> values ──commit──> known to later attempts
 *                                        └──> error ──a handler takes it, commit──> known to later attempts
 *
 * A place is the step's node id, with the number of the call behind it from the second one on: a retry in a handler runs
 * the same step again. An error that no handler takes is not committed: the next attempt is there to try again.
 */
import type { Target } from "@polyglot/contracts";
import { GroupCommit } from "@polyglot/service";
import type { Value } from "../convert/held-value.ts";
import { durabilityOf } from "../stdlib/durability.ts";
import type { ApprovalQuestion, Checkpoint, Checkpoints, Decision, StepEnding } from "./checkpoints.ts";
import { holdsHandle } from "./holds-handle.ts";
import type { ObtainedSecrets } from "./obtained-secrets.ts";
import type { RunError } from "./raised.ts";

export const journalLimits = {
  /** Characters of the ending of one step, as JSON. */
  stepCharacters: 8 * 1024 * 1024,
  /** Of all steps of an execution. */
  characters: 48 * 1024 * 1024,
  steps: 100_000,
} as const;

/** Whether the ending of a step is committed: not at all, with the next one that is, or before the run goes on. */
export type Durability = "none" | "later" | "now";

export interface JournalParts {
  readonly checkpoints: Checkpoints;
  /** What the attempt has got, and is committed nowhere. */
  readonly secrets: ObtainedSecrets;
  /** The attempt is not the one that runs: nothing of it may go on. */
  onStale(): void;
  /** A line in the execution's log. */
  warn(node: string, text: string): void;
}

export class Journal {
  readonly #parts: JournalParts;
  readonly #known = new Map<string, StepEnding>();
  readonly #decisions = new Map<string, Decision>();
  /** Calls of each step so far. */
  readonly #calls = new Map<string, number>();
  /** The steps whose errors are on their way outward, the outermost call of each; several where a join has several. */
  readonly #failed = new WeakMap<RunError, readonly Place[]>();
  readonly #later: Checkpoint[] = [];
  readonly #commits: GroupCommit<Item, undefined>;
  #steps = 0;
  #characters = 0;
  #isFull = false;

  constructor(parts: JournalParts) {
    this.#parts = parts;
    this.#commits = new GroupCommit((items) => this.#commit(items), { maxItems: 1_000, maxConcurrent: 1 });
  }

  /** Reads what earlier attempts committed. */
  async load(): Promise<void> {
    const read = await this.#parts.checkpoints.read();
    if (read === "stale") return this.#parts.onStale();
    if (read === "given up") return;
    for (const { place, ending } of read.checkpoints) this.#count(place, ending);
    for (const decision of read.decisions) this.#decisions.set(decision.place, decision);
  }

  /** The place of the call of a step that begins now. */
  next(node: string): Place {
    const call = (this.#calls.get(node) ?? 0) + 1;
    this.#calls.set(node, call);
    return { node, key: keyOf(node, call) };
  }

  endingOf({ key }: Place): StepEnding | undefined {
    return this.#known.get(key);
  }

  /** What a person was asked at a place, and decided. */
  decisionAt({ key }: Place): Decision | undefined {
    return this.#decisions.get(key);
  }

  /** Resolves when the question is committed. Rejects where it is refused. */
  async ask(question: ApprovalQuestion): Promise<void> {
    const message = this.#parts.secrets.redact(question.message);
    await this.#commits.add({ question: { ...question, message } });
  }

  /** Resolves when the ending is committed, where the run has to wait for that. */
  async note({ node, key }: Place, given: StepEnding, durability: Durability): Promise<void> {
    if (durability === "none" || this.#known.has(key)) return;
    const ending = this.#withoutSecrets(node, given);
    if (ending === undefined) return;
    const text = JSON.stringify(ending);
    if (!this.#hasRoom(node, text.length)) return;
    this.#count(key, ending, text.length);
    const checkpoint = { place: key, ending };
    if (durability === "later") this.#later.push(checkpoint);
    else await this.#add(node, checkpoint);
  }

  /** An error of a step is on its way outward; an outer call that it passes takes the inner one's place. */
  failed(place: Place, error: RunError): void {
    this.#failed.set(error, [place]);
  }

  /** The first error stands for all of them: whoever takes it takes the others. */
  together(errors: readonly RunError[]): void {
    const [first] = errors;
    if (first === undefined || errors.length === 1) return;
    this.#failed.set(
      first,
      errors.flatMap((error) => this.#failed.get(error) ?? []),
    );
  }

  /** Something has taken the error and goes on: the steps that raised it ended with it. */
  async handled(taken: RunError): Promise<void> {
    const places = this.#failed.get(taken) ?? [];
    await Promise.all(places.map((place) => this.note(place, { error: taken }, "now")));
  }

  /** Whether another call of the steps that raised the error is committed already. */
  foresees(error: RunError): boolean {
    const places = this.#failed.get(error) ?? [];
    return places.some(({ node }) => this.#known.has(keyOf(node, (this.#calls.get(node) ?? 0) + 1)));
  }

  /** Commits what waits for company. */
  async flush(): Promise<void> {
    if (this.#later.length > 0) await this.#add("", undefined);
  }

  async #add(node: string, checkpoint: Checkpoint | undefined): Promise<void> {
    try {
      await this.#commits.add({ checkpoint });
    } catch (problem) {
      this.#parts.warn(node, `how the step ended could not be committed: ${(problem as Error).message}`);
    }
  }

  async #commit(items: readonly Item[]): Promise<undefined[]> {
    const checkpoints = items.flatMap(({ checkpoint }) => checkpoint ?? []);
    const questions = items.flatMap(({ question }) => question ?? []);
    checkpoints.push(...this.#later.splice(0));
    if ((await this.#parts.checkpoints.save(checkpoints, questions)) === "stale") this.#parts.onStale();
    return items.map(() => undefined);
  }

  #count(key: string, ending: StepEnding, characters = JSON.stringify(ending).length): void {
    this.#known.set(key, ending);
    this.#steps += 1;
    this.#characters += characters;
  }

  /** Undefined where results hold a secret: they are worth nothing without it. */
  #withoutSecrets(node: string, ending: StepEnding): StepEnding | undefined {
    const { secrets } = this.#parts;
    if ("error" in ending) return { error: secrets.redactError(ending.error) };
    const name = "values" in ending ? secrets.nameIn([...ending.values]) : undefined;
    if (name === undefined) return ending;
    this.#parts.warn(
      node,
      `the results hold the value of secret '${name}' and are not committed: another attempt runs the step again`,
    );
    return undefined;
  }

  #hasRoom(node: string, characters: number): boolean {
    const { stepCharacters, characters: most, steps } = journalLimits;
    if (characters > stepCharacters) {
      this.#parts.warn(
        node,
        `the results take ${characters} characters, more than the ${stepCharacters} that are committed: another attempt runs the step again`,
      );
      return false;
    }
    if (this.#characters + characters <= most && this.#steps < steps) return true;
    if (!this.#isFull) {
      const full = `${this.#steps} steps with ${this.#characters} characters`;
      this.#parts.warn(
        node,
        `${full} are committed, and no more than ${steps} with ${most}: another attempt runs this step and later ones again`,
      );
    }
    this.#isFull = true;
    return false;
  }
}

/** One call of a step. */
export interface Place {
  readonly node: string;
  readonly key: string;
}

interface Item {
  readonly checkpoint?: Checkpoint | undefined;
  readonly question?: ApprovalQuestion;
}

const keyOf = (node: string, call: number): string => (call === 1 ? node : `${node}#${call}`);

/** Of a call that succeeded. A handle ends with its attempt, and what was done to it has to be done again. */
export function durabilityOfCall(target: Target, values: readonly Value[]): Durability {
  if (values.some(holdsHandle)) return "none";
  return target.kind === "library" ? durabilityOf(target.name) : "now";
}
