/** Environments as calls and bundles ask for them: by the file of a bundle and the runtime that is to run over it. */
import { parseBundleDigest } from "@polyglot/contracts";
import type { Clock, Logger, Service } from "@polyglot/service";
import type { WorkerLauncher } from "../../limits/worker-launcher.ts";
import type { BundleStore } from "../bundle-store.ts";
import { buildContained } from "../contained-build.ts";
import type { CheckedRuntime } from "../find-runtimes.ts";
import type { InterpretedLanguage } from "../language.ts";
import type { OnProgress } from "../progress.ts";
import type { SearchPlaces } from "../search-places.ts";
import { packageSettings } from "../client-settings.ts";
import { EnvironmentFailure } from "./environment-failure.ts";
import { lookUpMark } from "./environment-kind.ts";
import { type EnvironmentOrder, Environments, orderFor } from "./environments.ts";
import { environmentLimits, type EnvironmentLimits } from "./limits.ts";

/** Orders remembered; the oldest go first. */
const maxOrders = 10_000;
/** Answers of look-ups remembered. */
const maxLookUps = 1_000;

export interface RuntimeEnvironmentsOptions extends SearchPlaces {
  readonly dataFolder: string;
  readonly bundles: BundleStore;
  readonly launcher: WorkerLauncher;
  /** The user and group of an agent that may give files away. */
  readonly owner: { readonly uid: number; readonly gid: number } | undefined;
  readonly limits?: Partial<EnvironmentLimits>;
  readonly clock: Clock;
  readonly logger: Logger;
}

export interface EnvironmentWish {
  readonly language: InterpretedLanguage;
  readonly runtime: CheckedRuntime;
  readonly bundleDigest: string;
  /** Of its file in that bundle; absent: what the runtime brings along. */
  readonly path: string | undefined;
}

/** Where code runs: over an environment, or over what the runtime brings along. */
export interface RunningPlace {
  readonly program: string;
  /** With the bundle's files. */
  readonly folder: string;
  /** Of the environment; empty where there is none. */
  readonly digest: string;
}

export interface WantedFunction {
  readonly key: string;
  readonly module: string;
  readonly name: string;
}

export class RuntimeEnvironments implements Service {
  readonly name = "environments";
  readonly #options: RuntimeEnvironmentsOptions;
  readonly #environments: Environments;
  /** Each change of any pipeline asks for all of them again. */
  readonly #lookUps = new Map<string, ReadonlyMap<string, string>>();
  readonly #orders = new Map<string, Promise<EnvironmentOrder>>();

  constructor(options: RuntimeEnvironmentsOptions) {
    const { environment, home } = options;
    this.#options = options;
    this.#environments = new Environments({ ...options, settings: () => packageSettings(environment, home) });
  }

  start(): Promise<void> {
    return this.#environments.start();
  }

  stop(): Promise<void> {
    return this.#environments.stop();
  }

  /** Rejects with an `EnvironmentFailure`. `folder` is the bundle's. `onProgress` hears why a call has to wait. */
  async placeOf(wish: EnvironmentWish, folder: string, onProgress: OnProgress): Promise<RunningPlace> {
    const order = await this.#orderOf(wish);
    if (order === undefined) return { program: wish.runtime.found.path, folder, digest: "" };
    return this.#placeIn(wish, order, folder, await this.#environments.folderOf(order, onProgress));
  }

  hold(digest: string): () => void {
    return digest === "" ? () => undefined : this.#environments.hold(digest);
  }

  /** Those of all pipelines in force stay. */
  async register(wishes: readonly EnvironmentWish[]): Promise<void> {
    const orders = await Promise.all(wishes.map((wish) => this.#orderOf(wish).catch(() => undefined)));
    this.#environments.register(orders.flatMap((order) => (order === undefined ? [] : [order.digest])));
  }

  /**
   * Builds it where it is not whole, and looks up functions in it. Answers what is the matter with those that cannot be
   * called, by key; rejects with an `EnvironmentFailure` where there is no environment.
   */
  async prepare(
    wish: EnvironmentWish,
    functions: readonly WantedFunction[],
    onProgress: OnProgress,
  ): Promise<ReadonlyMap<string, string>> {
    const order = await this.#orderOf(wish);
    const environment = order === undefined ? undefined : await this.#environments.verified(order, onProgress);
    const key = `${environment ?? wish.runtime.found.path}\n${functions.map((one) => one.key).join("\n")}`;
    const known = functions.length === 0 ? new Map<string, string>() : this.#lookUps.get(key);
    if (known !== undefined) return known;
    onProgress(`looking up ${functions.length === 1 ? "1 function" : `${functions.length} functions`}`);
    const release = order === undefined ? () => undefined : this.hold(order.digest);
    try {
      const found = await this.#lookUp(wish, functions.slice(0, environmentLimits.functions), environment);
      // What the runtime brings along may be mended on the host; an environment stays as it is.
      if (environment !== undefined || found.size === 0) this.#remember(key, found);
      return found;
    } finally {
      release();
    }
  }

  #remember(key: string, found: ReadonlyMap<string, string>): void {
    this.#lookUps.set(key, found);
    if (this.#lookUps.size > maxLookUps) this.#lookUps.delete(this.#lookUps.keys().next().value ?? "");
  }

  async #placeIn(
    { language, runtime }: EnvironmentWish,
    { digest }: EnvironmentOrder,
    folder: string,
    environment: string,
  ): Promise<RunningPlace> {
    const { environments } = language;
    const program = environments.program(runtime.found, environment);
    const seen = environments.isFoundByPlace ? await this.#environments.views.folderOf(environment, folder) : folder;
    return { program, folder: seen, digest };
  }

  async #lookUp(
    { language, runtime }: EnvironmentWish,
    functions: readonly WantedFunction[],
    environment: string | undefined,
  ): Promise<ReadonlyMap<string, string>> {
    const { launcher, clock } = this.#options;
    const { environments } = language;
    const asked = JSON.stringify(functions.map(({ module, name }) => [module, name]));
    const program = environments.program(runtime.found, environment);
    const command = [program, ...environments.lookUp, environment ?? "/", asked];
    const end = await buildContained(launcher, clock, {
      user: runtime.user,
      commands: [command],
      keep: "end",
      timeMs: environmentLimits.checkMs,
    });
    const line = end.output.split("\n").findLast((text) => text.startsWith(lookUpMark));
    if (line === undefined) {
      const why = end.kind === "failed" ? end.reason : "it said nothing";
      throw new EnvironmentFailure(`its functions cannot be looked up: ${why}`);
    }
    // Written by the program that this asked for; code of packages runs before that line, so it is read with care.
    const found: unknown = JSON.parse(line.slice(lookUpMark.length));
    const problems = Array.isArray(found) ? found : [];
    return new Map(
      functions.flatMap(({ key }, index) => {
        const problem: unknown = problems[index];
        return typeof problem === "string" ? [[key, problem.slice(0, maxProblemCharacters)] as const] : [];
      }),
    );
  }

  #orderOf(wish: EnvironmentWish): Promise<EnvironmentOrder | undefined> {
    const { runtime, bundleDigest, path } = wish;
    if (path === undefined) return Promise.resolve(undefined);
    const key = [runtime.found.path, bundleDigest, path].join("\n");
    const known = this.#orders.get(key);
    if (known !== undefined) return known;
    const order = this.#makeOrder(wish, path);
    this.#orders.set(key, order);
    order.catch(() => this.#orders.delete(key));
    if (this.#orders.size > maxOrders) this.#orders.delete(this.#orders.keys().next().value ?? "");
    return order;
  }

  async #makeOrder({ language, runtime, bundleDigest }: EnvironmentWish, path: string): Promise<EnvironmentOrder> {
    const digest = parseBundleDigest(bundleDigest);
    if (digest === undefined) throw new EnvironmentFailure(`${path}: '${bundleDigest}' is no digest of a bundle`);
    const release = this.#options.bundles.hold(digest);
    try {
      const folder = await this.#options.bundles.folderOf(digest);
      const { environments } = language;
      const recipe = await environments.recipe({ folder, path }, runtime.found, this.#options);
      return orderFor(recipe, environments, runtime.found, runtime.user, path);
    } finally {
      release();
    }
  }
}

const maxProblemCharacters = 500;
