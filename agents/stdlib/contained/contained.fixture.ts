/** Calls contained functions in the test's own process, for one execution. */
import { randomUUID } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { CanonicalValue } from "@polyglot/contracts";
import { systemClock } from "@polyglot/service";
import { Refused } from "../given.ts";
import type { LibraryArguments, LibraryEnd } from "../library-function.ts";
import {
  type ContainedFunction,
  type ContainedLimits,
  type ContainedSettings,
  defaultContainedLimits,
  type Resources,
} from "./contained-function.ts";

interface Open {
  readonly kind: string;
  readonly value: object;
  readonly close: () => Promise<void> | void;
}

interface BedOptions {
  readonly allowNetworks?: readonly string[];
  readonly limits?: Partial<ContainedLimits>;
}

export class ContainedBed {
  readonly settings: ContainedSettings;
  readonly #functions: Readonly<Record<string, ContainedFunction>>;
  readonly #open = new Map<string, Open>();
  #last = 0;

  constructor(functions: Readonly<Record<string, ContainedFunction>>, options: BedOptions = {}) {
    this.#functions = functions;
    this.settings = {
      dataRoot: mkdtempSync(join(tmpdir(), "polyglot-contained-")),
      allowNetworks: options.allowNetworks ?? ["loopback"],
      limits: { ...defaultContainedLimits, ...options.limits },
    };
  }

  /** The results, or `{ type, message }` of the error. */
  async call(
    name: string,
    given: LibraryArguments,
    signal: AbortSignal = new AbortController().signal,
  ): Promise<unknown> {
    const end = await this.end(name, given, signal);
    return end.kind === "values" ? end.values : { type: end.error.type, message: end.error.message };
  }

  /** The first result of a call that has to succeed. */
  async first(name: string, given: LibraryArguments): Promise<CanonicalValue> {
    const end = await this.end(name, given, new AbortController().signal);
    if (end.kind === "error") throw new Error(end.error.message);
    return end.values[0] ?? null;
  }

  async end(name: string, given: LibraryArguments, signal: AbortSignal): Promise<LibraryEnd> {
    const entry = this.#functions[name];
    if (entry === undefined) throw new Error(`no '${name}' here`);
    return await entry.run(given, {
      signal,
      clock: systemClock,
      resources: this.#resources,
      settings: this.settings,
      marks: {},
      command: randomUUID(),
      reserve: () => Promise.resolve(),
      log: () => undefined,
    });
  }

  /** What the end of the execution does. */
  async closeAll(): Promise<void> {
    const left = [...this.#open.values()];
    this.#open.clear();
    for (const { close } of left) await close();
  }

  async stop(): Promise<void> {
    await this.closeAll();
    rmSync(this.settings.dataRoot, { recursive: true, force: true });
  }

  readonly #resources: Resources = {
    add: (kind, value, close) => {
      this.#last += 1;
      this.#open.set(String(this.#last), { kind, value, close });
      return { $handle: String(this.#last) };
    },
    // oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- as in `Resources`
    take: <T>(handle: CanonicalValue, kind: string) => {
      const open = this.#open.get(idOf(handle));
      if (open?.kind === kind) return open.value as T;
      throw new Refused("ResourceError", `the ${kind} is not open`);
    },
    close: async (handle) => {
      const open = this.#open.get(idOf(handle));
      this.#open.delete(idOf(handle));
      await open?.close();
      return open !== undefined;
    },
  };
}

const idOf = (handle: CanonicalValue): string => (handle as { readonly $handle: string }).$handle;
