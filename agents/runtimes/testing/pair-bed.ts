/** Hands lists of values to functions of real workers, one call for a list. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Bundle, type CanonicalValue, type NativeTarget } from "@polyglot/contracts";
import { plainValue } from "../../convert/held-value.ts";
import { retype } from "../../convert/retype.ts";
import type { HostRuntimes } from "../host-runtimes.ts";
import type { NativeOutcome } from "../native-call.ts";
import { type Echo, echoBundle, echoFiles } from "./echo-bundle.ts";
import { namespace, type PairLanguage } from "./value-kinds.ts";
import { testHost } from "./test-host.ts";

export type NativeLanguage = Exclude<PairLanguage, "pg">;

export interface Hop {
  readonly language: PairLanguage;
  /** The function of a compiled language; the others have one for all. */
  readonly echo: string;
  /** Of the list, in that language. */
  readonly type: string;
  /** Under which the result is bound, with its language. */
  readonly bound: string;
}

export class PairBed implements AsyncDisposable {
  readonly #host: HostRuntimes;
  readonly #bundle: Bundle;
  readonly #folder: string;

  private constructor(host: HostRuntimes, bundle: Bundle, folder: string) {
    this.#host = host;
    this.#bundle = bundle;
    this.#folder = folder;
  }

  static async open(echoes: Readonly<Record<"rust" | "cpp", readonly Echo[]>>): Promise<PairBed> {
    const folder = await mkdtemp(join(tmpdir(), "polyglot-pairs-"));
    const bundle = echoBundle(echoes.rust, echoes.cpp);
    const host = testHost(folder, async () => bundle.archive);
    await host.start();
    const bed = new PairBed(host, bundle, folder);
    await Promise.all((["rust", "cpp"] as const).map((lang) => bed.#build(lang, echoes[lang])));
    return bed;
  }

  /** The list as it comes back, or `type: message` of the error. */
  async send(values: readonly CanonicalValue[], hop: Hop): Promise<readonly CanonicalValue[] | string> {
    if (hop.language === "pg") return this.#rebind(values, hop);
    const outcome = await this.#host.call(
      {
        executionId: "pairs",
        attemptNo: 1,
        node: "step",
        namespace,
        target: this.#target(hop.language, hop),
        arguments: [{ value: values, to: `${hop.language}\\${hop.type}` }],
        results: [hop.bound],
      },
      { signal: new AbortController().signal, onLog: () => undefined },
    );
    return listOf(outcome);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#host.stop();
    await rm(this.#folder, { recursive: true });
  }

  #rebind(values: readonly CanonicalValue[], { type }: Hop): readonly CanonicalValue[] | string {
    const fitted = retype(values, `pg\\${type}`, { root: "values", namespace });
    if (fitted.kind === "misfit") return `pg\\!ConversionError: ${fitted.path}: ${fitted.message}`;
    return fitted.value as readonly CanonicalValue[];
  }

  #build(lang: "rust" | "cpp", echoes: readonly Echo[]): Promise<void> {
    const targets = echoes.map(({ name, type }) => this.#target(lang, { echo: name, type }));
    return this.#host.prepare(targets.map((target) => ({ target, version: undefined })));
  }

  #target(lang: NativeLanguage, { echo, type }: Pick<Hop, "echo" | "type">): NativeTarget {
    return {
      kind: "native",
      lang,
      origin: "bundle",
      path: echoFiles[lang],
      function: lang === "rust" || lang === "cpp" ? echo : "echo",
      bundle_digest: this.#bundle.digest,
      signature: { parameters: [{ name: "values", optional: false, type: `${lang}\\${type}` }] },
    };
  }
}

function listOf(outcome: NativeOutcome): readonly CanonicalValue[] | string {
  if (outcome.kind === "error") return `${outcome.error.type}: ${outcome.error.message}`;
  if (outcome.kind === "stopped") return "stopped";
  return plainValue(outcome.values[0] ?? null) as readonly CanonicalValue[];
}
