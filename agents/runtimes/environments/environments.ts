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
import { KeptFolders } from "../kept-folders.ts";
import type { FoundRuntime } from "../native-call.ts";
import { Places } from "../places.ts";
import { type OnProgress, Progress } from "../progress.ts";
import { removeReadOnly } from "../read-only-folder.ts";
import { type TryFailure, untilReached } from "../until-reached.ts";
import type { ClientSettings } from "../client-settings.ts";
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
  readonly #places = new Places(buildsAtOnce);
  readonly #ready = new Map<string, Promise<string>>();
  readonly #progress = new Progress();
  readonly #stopped = new AbortController();
  readonly #tasks: BackgroundTasks;
  readonly #kept: KeptFolders<string>;

  constructor(options: EnvironmentsOptions) {
    this.#options = options;
    this.#root = join(options.dataFolder, "environments");
    this.views = new EnvironmentViews(options.dataFolder);
    this.#tasks = new BackgroundTasks((error) =>
      options.logger.warn({ err: error }, "an old environment cannot be removed"),
    );
    const { maxEnvironments: maxFolders, maxBytes } = { ...defaultEnvironmentLimits, ...options.limits };
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
    await this.views.start();
    for (const name of await readdir(this.#root)) {
      if (/^[0-9a-f]{64}\.json$/.test(name)) {
        const digest = name.slice(0, 64);
        const listing = await this.#manifest(digest);
        if (listing !== undefined) this.#kept.keep(digest, listing.bytes);
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
    this.#kept.note(digest);
    const known = this.#ready.get(digest);
    if (known === undefined) this.#progress.tell(digest, `waiting for its turn to install ${order.label}`);
    if (onProgress !== undefined) this.#progress.listen(digest, onProgress);
    if (known !== undefined) return known;
    const folder = this.#make(order).finally(() => this.#progress.end(digest));
    this.#ready.set(digest, folder);
    this.#tasks.add(folder.catch(() => undefined));
    folder.then(
      () => this.#kept.tidy(),
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
    return this.#kept.hold(digest);
  }

  /** Those of all pipelines in force: they stay, whatever the limits say. */
  register(digests: Iterable<string>): void {
    this.#kept.register(digests);
  }

  async #make(order: EnvironmentOrder): Promise<string> {
    const { digest } = order;
    await this.#kept.removed(digest);
    const folder = this.#folderFor(digest);
    const whole = await this.#listingIfWhole(digest);
    if (whole === undefined) await this.#buildWithPauses(order, folder);
    else this.#kept.keep(digest, whole.bytes);
    return folder;
  }

  async #buildWithPauses(order: EnvironmentOrder, folder: string): Promise<void> {
    const { packages } = order.recipe;
    const what = `${order.label} (${packages === 1 ? "1 package" : `${packages} packages`})`;
    const tell = (text: string) => this.#progress.tell(order.digest, text);
    const attempt = (tryNo: number) =>
      this.#places.within(() => {
        tell(tryNo === 1 ? `installing ${what}` : `installing ${what}, try ${tryNo}`);
        return this.#build(order, folder);
      });
    const failure = await untilReached(attempt, {
      clock: this.#options.clock,
      signal: this.#stopped.signal,
      pausesMs: environmentLimits.pausesMs,
      onPause: (pauseMs, { message }) =>
        tell(`${what}: the index does not answer, again in ${pauseMs / 1000} s: ${message}`),
    });
    if (failure !== undefined) throw new EnvironmentFailure(failure.message);
  }

  async #build(
    { digest, recipe, kind, user, label }: EnvironmentOrder,
    folder: string,
  ): Promise<TryFailure | undefined> {
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
      this.#kept.keep(digest, listing.bytes);
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

  /** Who asks for it from now on waits for the removal, then has it built anew. */
  async #remove(digest: string): Promise<void> {
    this.#ready.delete(digest);
    await this.#discard(digest);
    this.#options.logger.info({ environment: digest }, "removed an old environment");
  }
}
