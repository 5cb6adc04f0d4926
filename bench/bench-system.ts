/** A whole system on this machine, as `polyglot up` starts it, with the benchmark's pipelines applied. */
import { mkdtempSync, rmSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ApiClient, type Endpoint, type PolyglotClient } from "@polyglot/cli/client";
import { LocalSystem } from "@polyglot/cli/local/system";
import { Agent, fetch } from "undici";
import type { WebhookTarget } from "./rows/webhooks.ts";

const pipelines = new URL("./pipelines/", import.meta.url);
const endedMetric = /^polyglot_executions_ended_total\{[^}]*\} (\d+)$/gm;

export class BenchSystem implements AsyncDisposable {
  readonly client: PolyglotClient;
  readonly #api: ApiClient;
  readonly #folder: string;
  readonly #system: LocalSystem;
  readonly #endpoint: Endpoint;
  readonly #http: Agent;

  private constructor(folder: string, system: LocalSystem, endpoint: Endpoint) {
    this.#folder = folder;
    this.#system = system;
    this.#endpoint = endpoint;
    this.#api = new ApiClient(endpoint);
    this.client = this.#api.call;
    this.#http = new Agent({ connect: { ca: endpoint.ca ?? "" } });
  }

  static async start(onNews: (line: string) => void): Promise<BenchSystem> {
    const folder = mkdtempSync(join(tmpdir(), "polyglot-bench-"));
    const dataFolder = join(folder, ".polyglot");
    const system = new LocalSystem({ dataFolder, dataRoot: folder, listen: "127.0.0.1:0", agentFlags: [], onNews });
    const bench = new BenchSystem(folder, system, await system.start());
    await bench.#apply();
    return bench;
  }

  /** Where its webhooks are received, signed with a secret that is set here. */
  async webhook(): Promise<WebhookTarget> {
    const secret = "a secret of the benchmark";
    await this.client.setSecret({ name: "bench-webhook", value: Buffer.from(secret) });
    return { url: this.#endpoint.url, ca: this.#endpoint.ca ?? "", path: "/hooks/bench", secret };
  }

  /** Executions that have an outcome, as the controller counts them. */
  async endedTotal(): Promise<number> {
    const headers = { authorization: `Bearer ${this.#endpoint.token}` };
    const answer = await fetch(`${this.#endpoint.url}/metrics`, { dispatcher: this.#http, headers });
    const text = await answer.text();
    return [...text.matchAll(endedMetric)].reduce((sum, [, count]) => sum + Number(count), 0);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#http.close();
    this.#api.close();
    await this.#system.stop();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  async #apply(): Promise<void> {
    const entries = await readdir(pipelines, { recursive: true, withFileTypes: true });
    const files = await Promise.all(
      entries
        .filter((entry) => entry.isFile())
        .map(async (entry) => {
          const path = join(entry.parentPath, entry.name);
          return { path: path.slice(new URL(pipelines).pathname.length), content: await readFile(path) };
        }),
    );
    const { diagnostics } = await this.client.apply({ files });
    if (diagnostics.some((one) => one.severity === "error")) throw new Error(diagnostics[0]?.message);
  }
}
