/**
 * Environments on this host: what package clients made of files of bundles. Each is built once per digest of all that
 * decides it (the files' bytes, the runtime, the platform, the commands), contained as user code is, and is then the
 * agent's own and read-only. So namespaces that ask for the same share it, and none can change what another runs on.
 *
 *     absent ──ask──> building ──> ready ──beyond the limits, and nobody needs it──> absent
 *                 ^       │ └── the index does not answer: a pause, and again
 *                 └─ damaged ─┘ fails: who asks next tries again
 */
import { randomUUID } from "node:crypto";
import { chmod, mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { arch, availableParallelism, platform } from "node:os";
import { join } from "node:path";
import { canonicalJson, sha256 } from "@polyglot/contracts";
import { BackgroundTasks, type Clock, type Logger, type Service } from "@polyglot/service";
import type { WorkerLauncher } from "../../limits/worker-launcher.ts";
import type { WorkerUser } from "../../limits/worker-user.ts";
import { buildContained } from "../contained-build.ts";
import { foldersToRemove } from "../folders-to-remove.ts";
import { FolderUsage } from "../folder-usage.ts";
import type { FoundRuntime } from "../native-call.ts";
import { Places } from "../places.ts";
import { removeReadOnly } from "../read-only-folder.ts";
import type { ClientSettings } from "./client-settings.ts";
import { describeFailure, EnvironmentFailure, isUnreachable } from "./environment-failure.ts";
import type { EnvironmentKind, EnvironmentRecipe } from "./environment-kind.ts";
import { defaultEnvironmentLimits, environmentLimits, type EnvironmentLimits } from "./limits.ts";
import { type Listing, listFolder, sealFolder } from "./sealed-folder.ts";
import { EnvironmentViews } from "./views.ts";

/** Package clients take a core while they unpack and compile. */
const buildsAtOnce = Math.max(1, Math.floor(availableParallelism() / 2));

export interface EnvironmentOrder {
  readonly digest: string;
  readonly recipe: EnvironmentRecipe;
  readonly kind: EnvironmentKind;
  readonly user: WorkerUser;
  /** As people know it: the path of its file. */
  readonly label: string;
}

/** What is being done, for people; said again when it changes. */
export type OnProgress = (text: string) => void;

export interface EnvironmentsOptions {
  readonly dataFolder: string;
  readonly launcher: WorkerLauncher;
  /** Read before each build: an index may be configured while the agent runs. */
  readonly settings: () => Promise<ClientSettings>;
  /** The agent's own, where it may give files away. */
  readonly owner: { readonly uid: number; readonly gid: number } | undefined;
  readonly limits?: Partial<EnvironmentLimits>;
  readonly clock: Clock;
  readonly logger: Logger;
}

export function orderFor(
  recipe: EnvironmentRecipe,
  kind: EnvironmentKind,
  runtime: FoundRuntime,
  user: WorkerUser,
  label: string,
): EnvironmentOrder {
  const { files, commands } = recipe;
  const digest = sha256(
    canonicalJson({
      runtime: `${runtime.name} ${runtime.version} ${runtime.path}`,
      platform: `${platform()} ${arch()}`,
      files: Object.fromEntries([...files].map(([path, bytes]) => [path, sha256(bytes)])),
      commands: commands.map((command) => [...command]),
    }),
  ).slice("sha256:".length);
  return { digest, recipe, kind, user, label };
}

export class Environments implements Service {
  readonly name = "environments";
  readonly views: EnvironmentViews;
  readonly #options: EnvironmentsOptions;
  readonly #root: string;
  readonly #limits: EnvironmentLimits;
  readonly #usage = new FolderUsage<string>();
  readonly #places = new Places(buildsAtOnce);
  readonly #ready = new Map<string, Promise<string>>();
  /** What is being done about those that are not ready. */
  readonly #progress = new Map<string, string>();
  readonly #listeners = new Map<string, Set<OnProgress>>();
  /** Sizes of what lies on the disk, in bytes. */
  readonly #sizes = new Map<string, number>();
  readonly #removals = new Map<string, Promise<void>>();
  readonly #stopped = new AbortController();
  readonly #tasks: BackgroundTasks;

  constructor(options: EnvironmentsOptions) {
    this.#options = options;
    this.#root = join(options.dataFolder, "environments");
    this.#limits = { ...defaultEnvironmentLimits, ...options.limits };
    this.views = new EnvironmentViews(options.dataFolder);
    this.#tasks = new BackgroundTasks((error) =>
      options.logger.warn({ err: error }, "an old environment cannot be removed"),
    );
  }

  /** Counts what an earlier life of the agent left, and removes what it had begun. */
  async start(): Promise<void> {
    await mkdir(this.#root, { recursive: true });
    await chmod(this.#root, 0o711);
    await this.views.start();
    for (const name of await readdir(this.#root)) {
      if (/^[0-9a-f]{64}\.json$/.test(name)) {
        const digest = name.slice(0, 64);
        const listing = await this.#manifest(digest);
        if (listing !== undefined) this.#sizes.set(digest, listing.bytes);
      } else if (/^(new|old)-/.test(name)) await removeReadOnly(join(this.#root, name));
    }
  }

  async stop(): Promise<void> {
    this.#stopped.abort();
    await this.#tasks.drain();
  }

  /** Whether a call need not wait for it. */
  isReady(digest: string): boolean {
    return this.#ready.has(digest) && !this.#progress.has(digest);
  }

  /** The environment's folder. Rejects with an `EnvironmentFailure` where it cannot be built; the next call tries again. */
  folderOf(order: EnvironmentOrder, onProgress?: OnProgress): Promise<string> {
    const { digest } = order;
    this.#usage.note(digest);
    const known = this.#ready.get(digest);
    if (onProgress !== undefined) this.#listen(digest, onProgress);
    if (known !== undefined) return known;
    this.#tell(digest, `waiting for its turn to install ${order.label}`);
    const folder = this.#make(order).finally(() => {
      this.#progress.delete(digest);
      this.#listeners.delete(digest);
    });
    this.#ready.set(digest, folder);
    this.#tasks.add(folder.catch(() => undefined));
    folder.then(
      () => this.#tidy(),
      () => this.#ready.delete(digest),
    );
    return folder;
  }

  /** Looks anew whether it is whole, so that one that was damaged is built again. */
  async verified(order: EnvironmentOrder, onProgress?: OnProgress): Promise<string> {
    const { digest } = order;
    const isDamaged = this.isReady(digest) && (await this.#listingIfWhole(digest)) === undefined;
    if (isDamaged && this.isReady(digest)) this.#ready.delete(digest);
    return this.folderOf(order, onProgress);
  }

  /** It stays until what is returned is called. */
  hold(digest: string): () => void {
    return this.#usage.hold(digest);
  }

  /** Those of all pipelines in force: they stay, whatever the limits say. */
  register(digests: Iterable<string>): void {
    this.#usage.register(digests);
    this.#tidy();
  }

  #listen(digest: string, onProgress: OnProgress): void {
    const progress = this.#progress.get(digest);
    if (this.#ready.has(digest) && progress === undefined) return;
    const listeners = this.#listeners.get(digest) ?? new Set();
    this.#listeners.set(digest, listeners.add(onProgress));
    if (progress !== undefined) onProgress(progress);
  }

  #tell(digest: string, text: string): void {
    this.#progress.set(digest, text);
    for (const listener of this.#listeners.get(digest) ?? []) listener(text);
  }

  async #make(order: EnvironmentOrder): Promise<string> {
    const { digest } = order;
    await this.#removals.get(digest);
    const folder = this.#folderFor(digest);
    const whole = await this.#listingIfWhole(digest);
    if (whole === undefined) await this.#places.within(() => this.#buildWithPauses(order, folder));
    else this.#sizes.set(digest, whole.bytes);
    return folder;
  }

  async #buildWithPauses(order: EnvironmentOrder, folder: string): Promise<void> {
    const { packages } = order.recipe;
    const what = `${order.label} (${packages === 1 ? "1 package" : `${packages} packages`})`;
    for (const [index, pauseMs] of [...environmentLimits.pausesMs, undefined].entries()) {
      this.#tell(order.digest, index === 0 ? `installing ${what}` : `installing ${what}, try ${index + 1}`);
      const failure = await this.#build(order, folder);
      if (failure === undefined) return;
      if (pauseMs === undefined || !failure.isUnreachable || this.#stopped.signal.aborted)
        throw new EnvironmentFailure(failure.message);
      this.#tell(order.digest, `${what}: the index does not answer, again in ${pauseMs / 1000} s: ${failure.message}`);
      await this.#options.clock.sleep(pauseMs, this.#stopped.signal);
    }
  }

  async #build({ digest, recipe, kind, user, label }: EnvironmentOrder, folder: string): Promise<Failure | undefined> {
    const { launcher, clock, logger } = this.#options;
    const settings = await this.#options.settings();
    const began = clock.monotonic();
    const end = await buildContained(
      launcher,
      clock,
      {
        user,
        commands: recipe.commands,
        files: new Map([...settings.files, ...recipe.files]),
        variables: settings.variables,
        keep: "end",
        timeMs: environmentLimits.buildMs,
        diskBytes: environmentLimits.buildBytes,
        signal: this.#stopped.signal,
      },
      (work) => this.#take(join(work, "env"), folder, digest, kind),
    );
    if (end.kind === "failed")
      return { message: describeFailure(end.reason, end.output), isUnreachable: isUnreachable(end.output) };
    logger.info({ environment: digest, label, seconds: (clock.monotonic() - began) / 1000 }, "built an environment");
    return undefined;
  }

  async #take(built: string, folder: string, digest: string, kind: EnvironmentKind): Promise<void> {
    const temporary = join(this.#root, `new-${randomUUID()}`);
    try {
      await rename(built, temporary);
      await kind.relocate?.(built, folder, temporary);
      await sealFolder(temporary, this.#options.owner);
      await this.#discard(digest);
      await rename(temporary, folder);
      const listing = await listFolder(folder);
      if (listing === undefined) throw new Error(`${folder} is gone`);
      await writeFile(`${temporary}.json`, JSON.stringify(listing));
      await rename(`${temporary}.json`, this.#manifestFor(digest));
      this.#sizes.set(digest, listing.bytes);
    } finally {
      await removeReadOnly(temporary);
    }
  }

  /** The manifest goes first: without it what lies there is none. */
  async #discard(digest: string): Promise<void> {
    await rm(this.#manifestFor(digest), { force: true });
    await this.views.removeOf(digest);
    const old = join(this.#root, `old-${randomUUID()}`);
    const moved = await rename(this.#folderFor(digest), old).then(
      () => true,
      () => false,
    );
    if (moved) await removeReadOnly(old);
  }

  async #listingIfWhole(digest: string): Promise<Listing | undefined> {
    const written = await this.#manifest(digest);
    const found = written === undefined ? undefined : await listFolder(this.#folderFor(digest));
    return found?.digest === written?.digest ? found : undefined;
  }

  async #manifest(digest: string): Promise<Listing | undefined> {
    const text = await readFile(this.#manifestFor(digest), "utf8").catch(() => undefined);
    // Written whole or not at all, by this class.
    return text === undefined ? undefined : (JSON.parse(text) as Listing);
  }

  #folderFor(digest: string): string {
    return join(this.#root, digest);
  }

  #manifestFor(digest: string): string {
    return join(this.#root, `${digest}.json`);
  }

  #tidy(): void {
    const kept = [...this.#sizes].map(([digest, bytes]) => ({
      digest,
      bytes,
      lastUse: this.#usage.lastUse(digest),
      isNeeded: this.#usage.isNeeded(digest) || this.#progress.has(digest),
    }));
    const { maxEnvironments: maxFolders, maxBytes } = this.#limits;
    for (const digest of foldersToRemove(kept, { maxFolders, maxBytes })) this.#remove(digest);
  }

  /** From this turn on it is absent: who asks for it waits for the removal, then has it built anew. */
  #remove(digest: string): void {
    this.#ready.delete(digest);
    this.#sizes.delete(digest);
    this.#usage.forget(digest);
    const removal = this.#discard(digest).finally(() => this.#removals.delete(digest));
    this.#removals.set(
      digest,
      removal.catch(() => undefined),
    );
    this.#tasks.add(removal);
    this.#options.logger.info({ environment: digest }, "removed an old environment");
  }
}

interface Failure {
  readonly message: string;
  readonly isUnreachable: boolean;
}
