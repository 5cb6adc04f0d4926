/**
 * What compiled languages need built, each once per digest of all that decides it: of the compiler, the sources and the
 * commands. A product is one file in a folder named by that digest; it is moved there when it is whole, so what is there
 * is good.
 *
 *     absent ──ask──> building ──> ready ──beyond the limits, and nobody needs it──> absent
 *                         │ └── the registry does not answer: a pause, and again
 *                         └─ fails: the same words to who asks again soon
 */
import { randomUUID } from "node:crypto";
import { chmod, copyFile, mkdir, mkdtemp, readdir, rename, rm, writeFile } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { dirname, join } from "node:path";
import { canonicalJson, sha256 } from "@polyglot/contracts";
import { BackgroundTasks, type Clock, type Logger, type Service } from "@polyglot/service";
import type { WorkerLauncher } from "../../limits/worker-launcher.ts";
import type { WorkerUser } from "../../limits/worker-user.ts";
import { type ClientSettings, type DownloadClient, noSettings } from "../client-settings.ts";
import { buildContained } from "../contained-build.ts";
import { KeptFolders } from "../kept-folders.ts";
import type { BuildRecipe } from "../language.ts";
import { Places } from "../places.ts";
import { type OnProgress, Progress } from "../progress.ts";
import { sizeOnDisk } from "../read-only-folder.ts";
import { isFile } from "../search-places.ts";
import { type TryFailure, untilReached } from "../until-reached.ts";
import { DownloadStore } from "./download-store.ts";
import { failureText, isUnreachable } from "./build-failure.ts";
import { type BuildLimits, defaultBuildLimits, moduleLimits } from "./limits.ts";

/** Compilers take a core and some hundred megabytes each. */
const buildsAtOnce = Math.max(1, Math.floor(availableParallelism() / 2));

/** A build that ran and did not succeed; the message is for whoever wrote the code. */
export class BuildFailure extends Error {}

export interface BuildOrder {
  readonly digest: string;
  readonly recipe: BuildRecipe;
  readonly user: WorkerUser;
  /** Taken out of paths in messages: the folder of the bundle. */
  readonly sourceFolder: string;
  /** As people know it. */
  readonly label: string;
}

/**
 * `compiler`: which one of which version; a newer one builds anew. `own`: digests of all files of the bundle that are built;
 * the bundle itself is then of no matter, and neither is where it lies.
 */
export function orderBuild(
  compiler: string,
  order: Omit<BuildOrder, "digest">,
  own?: Readonly<Record<string, string>>,
): BuildOrder {
  const { files, commands, product } = order.recipe;
  const decided = canonicalJson({
    compiler,
    files: Object.fromEntries(files),
    commands: commands.map((command) => [...command]),
    product,
    ...(own && { own }),
  });
  const anywhere = own === undefined ? decided : decided.replaceAll(order.sourceFolder, "{bundle}");
  return { ...order, digest: sha256(anywhere).slice("sha256:".length) };
}

export interface BuildsOptions {
  /** The agent's; products lie in `builds` below it. */
  readonly dataFolder: string;
  readonly launcher: WorkerLauncher;
  /** Read before each build that downloads: a registry may be configured while the agent runs. */
  readonly settings: (client: DownloadClient) => Promise<ClientSettings>;
  readonly limits?: Partial<BuildLimits>;
  readonly clock: Clock;
  readonly logger: Logger;
}

export class Builds implements Service {
  readonly name = "builds";
  readonly #options: BuildsOptions;
  readonly #root: string;
  readonly #places = new Places(buildsAtOnce);
  readonly #ready = new Map<string, Promise<string>>();
  readonly #progress = new Progress();
  /** What did not build: the same words to who asks again soon, without the compiler. */
  readonly #failed = new Map<string, { readonly until: number; readonly failure: BuildFailure }>();
  readonly #stopped = new AbortController();
  readonly #tasks: BackgroundTasks;
  readonly #kept: KeptFolders<string>;
  readonly #downloads: DownloadStore;

  constructor(options: BuildsOptions) {
    this.#options = options;
    this.#root = join(options.dataFolder, "builds");
    this.#downloads = new DownloadStore(options.dataFolder, options.clock);
    this.#tasks = new BackgroundTasks((error) => options.logger.warn({ err: error }, "an old build cannot be removed"));
    const { maxBuilds: maxFolders, maxBytes } = { ...defaultBuildLimits, ...options.limits };
    this.#kept = new KeptFolders({
      limits: { maxFolders, maxBytes },
      tasks: this.#tasks,
      isBusy: (digest) => this.#progress.has(digest),
      remove: (digest) => this.#remove(digest),
    });
  }

  /** Counts what an earlier life of the agent left, and removes what it had begun. */
  async start(): Promise<void> {
    await mkdir(this.#root, { recursive: true });
    await chmod(this.#root, 0o711);
    await this.#downloads.start();
    for (const name of await readdir(this.#root)) {
      const path = join(this.#root, name);
      if (/^[0-9a-f]{64}$/.test(name)) this.#kept.keep(name, await sizeOnDisk(path));
      else if (/^(new|old)-/.test(name)) await rm(path, { recursive: true, force: true });
    }
  }

  async stop(): Promise<void> {
    this.#stopped.abort();
    await this.#tasks.drain();
  }

  /** The product's file. Rejects with a `BuildFailure` where the code does not build. */
  productOf(order: BuildOrder, onProgress?: OnProgress): Promise<string> {
    const { digest } = order;
    this.#kept.note(digest);
    const known = this.#ready.get(digest);
    const failed = this.#failed.get(digest);
    if (known === undefined && failed !== undefined && failed.until > this.#options.clock.monotonic())
      return Promise.reject(failed.failure);
    if (known === undefined) this.#progress.tell(digest, `waiting for its turn to build ${order.label}`);
    if (onProgress !== undefined) this.#progress.listen(digest, onProgress);
    if (known !== undefined) return known;
    const product = this.#make(order).finally(() => this.#progress.end(digest));
    this.#ready.set(digest, product);
    this.#tasks.add(product.then(ignore, ignore));
    product.then(
      () => this.#kept.tidy(),
      (problem: unknown) => this.#fail(digest, problem),
    );
    return product;
  }

  /** It stays until what is returned is called. */
  hold(digest: string): () => void {
    return this.#kept.hold(digest);
  }

  /** Those of all pipelines in force: they stay, whatever the limits say. */
  register(digests: Iterable<string>): void {
    this.#kept.register(digests);
  }

  #fail(digest: string, problem: unknown): void {
    this.#ready.delete(digest);
    if (!(problem instanceof BuildFailure)) return;
    this.#failed.delete(digest);
    const until = this.#options.clock.monotonic() + moduleLimits.failureKeptMs;
    this.#failed.set(digest, { until, failure: problem });
    if (this.#failed.size > moduleLimits.failures) this.#failed.delete(this.#failed.keys().next().value ?? "");
  }

  async #make(order: BuildOrder): Promise<string> {
    const { digest } = order;
    await this.#kept.removed(digest);
    const folder = join(this.#root, digest);
    const product = join(folder, order.recipe.product);
    if (await isFile(product)) return product;
    const temporary = await mkdtemp(join(this.#root, "new-"));
    try {
      await this.#buildWithPauses(order, temporary);
      await rm(folder, { recursive: true, force: true });
      this.#kept.keep(digest, await sizeOnDisk(temporary));
      await rename(temporary, folder);
    } finally {
      await rm(temporary, { recursive: true, force: true });
    }
    return product;
  }

  async #buildWithPauses(order: BuildOrder, folder: string): Promise<void> {
    const { clock } = this.#options;
    const tell = (text: string) => this.#progress.tell(order.digest, text);
    const attempt = (tryNo: number) =>
      this.#places.within(() => {
        tell(tryNo === 1 ? `building ${order.label}` : `building ${order.label}, try ${tryNo}`);
        return this.#build(order, folder);
      });
    const failure = await untilReached(attempt, {
      clock,
      signal: this.#stopped.signal,
      pausesMs: moduleLimits.pausesMs,
      onPause: (pauseMs, { message }) =>
        tell(`${order.label}: the registry does not answer, again in ${pauseMs / 1000} s: ${message}`),
    });
    if (failure !== undefined) throw new BuildFailure(failure.message);
  }

  async #build(order: BuildOrder, folder: string): Promise<TryFailure | undefined> {
    const { recipe, user, sourceFolder, digest, label } = order;
    const { launcher, clock, logger } = this.#options;
    const source = join(folder, "source");
    await writeSource(folder, recipe);
    const { files, variables } = recipe.client ? await this.#options.settings(recipe.client) : noSettings;
    const began = clock.monotonic();
    const seed = recipe.downloads === undefined ? "" : await this.#downloads.scriptFor(recipe.downloads);
    const commands = recipe.commands.map((command) => command.map((word) => word.replaceAll("{source}", source)));
    const end = await buildContained(
      launcher,
      clock,
      {
        user,
        commands: [["sh", seedFile], ...commands],
        files: new Map([...files, [seedFile, Buffer.from(seed)]]),
        variables,
        onLine: this.#stepTeller(order),
        diskBytes: moduleLimits.buildBytes,
        signal: this.#stopped.signal,
      },
      async (work) => {
        await copyFile(join(work, recipe.product), join(folder, recipe.product));
        await chmod(join(folder, recipe.product), 0o555);
        if (recipe.downloads !== undefined) await this.#downloads.take(join(work, recipe.downloads.folder));
      },
    );
    if (end.kind === "failed") {
      const own = recipe.inUsersWords ?? ((text: string) => text);
      const output = own(end.output).replaceAll(`${sourceFolder}/`, "").replaceAll(`${source}/`, "");
      return { message: failureText(end.reason, output), isUnreachable: isUnreachable(end.output) };
    }
    logger.info({ build: digest, label, seconds: (clock.monotonic() - began) / 1000 }, "built a module");
    return undefined;
  }

  /** What a build says of its own steps, not more often than people read. */
  #stepTeller({ digest, recipe, label }: BuildOrder): (line: string) => void {
    const { clock } = this.#options;
    let next = 0;
    return (line) => {
      const step = clock.monotonic() < next ? undefined : recipe.stepIn?.(line);
      if (step === undefined) return;
      next = clock.monotonic() + moduleLimits.progressMs;
      this.#progress.tell(digest, `building ${label}: ${step}`);
    };
  }

  /** Who asks for it from now on waits for the removal, then has it built anew. */
  async #remove(digest: string): Promise<void> {
    this.#ready.delete(digest);
    const old = join(this.#root, `old-${randomUUID()}`);
    await rename(join(this.#root, digest), old);
    await rm(old, { recursive: true, force: true });
    this.#options.logger.info({ build: digest }, "removed an old build");
  }
}

/** A file, because a list of packages may be longer than a command. */
const seedFile = ".polyglot-downloads.sh";

const ignore = (): void => undefined;

async function writeSource(folder: string, { files }: BuildRecipe): Promise<void> {
  for (const [path, text] of files) {
    const target = join(folder, "source", path);
    await mkdir(dirname(target), { recursive: true });
    await writeFile(target, text);
  }
  await chmod(folder, 0o755);
}
