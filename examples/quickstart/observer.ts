import { ApiClient, findEndpointFile, type PolyglotClient } from "@polyglot/cli/client";
import type { Activation, Execution, Pipeline, Repository } from "@polyglot/contracts/service";
import { waitFor } from "./wait-for.ts";

/** Watches what the controller does, over the same API that the commands use. */
export class Observer {
  readonly #client: ApiClient;

  constructor(folder: string) {
    const endpoint = findEndpointFile(folder);
    if (endpoint === undefined) throw new Error(`no running system at ${folder}`);
    this.#client = new ApiClient(endpoint);
  }

  get #call(): PolyglotClient {
    return this.#client.call;
  }

  close(): void {
    this.#client.close();
  }

  /** Everything of the commit is in force. */
  async reconciled(name: string, revision: string): Promise<Repository> {
    let last: Repository | undefined;
    return waitFor(
      async () => {
        const { repositories } = await this.#call.listRepositories({});
        last = repositories.find((repository) => repository.name === name);
        return last?.appliedRevision === revision ? last : undefined;
      },
      () => last?.conditions.map(({ type, status, message }) => `${type} ${status} ${message}`).join(", ") ?? "nothing",
    );
  }

  async registered(pipelineId: string): Promise<Pipeline> {
    let last: Pipeline | undefined;
    return waitFor(
      async () => {
        const { pipelines } = await this.#call.listPipelines({});
        last = pipelines.find((pipeline) => pipeline.pipelineId === pipelineId);
        return last?.conditions.some(({ type, status }) => type === "Ready" && status === "True") ? last : undefined;
      },
      () => last?.conditions.map(({ type, status, message }) => `${type} ${status} ${message}`).join(", ") ?? "nothing",
    );
  }

  /** The activation that the file made. */
  async activated(pipelineId: string, file: string): Promise<Activation> {
    let seen = 0;
    return waitFor(
      async () => {
        const { activations } = await this.#call.listActivations({ pipelineId, limit: 20 });
        seen = activations.length;
        return activations.find(({ triggerContext }) => triggerContext?.["file_path"] === file);
      },
      () => `${seen} activations, none of ${file}`,
    );
  }

  async ended(executionId: string): Promise<Execution> {
    let last: Execution | undefined;
    return waitFor(
      async () => {
        last = await this.#call.waitExecution({ executionId, timeoutSeconds: 5 });
        return last.state === "waiting" || last.state === "running" ? undefined : last;
      },
      () => last?.state ?? "nothing",
    );
  }
}
