/**
 * What compiled languages need built, each once per digest: of the compiler, the sources and the commands. A product is
 * one file in a folder named by that digest; it is moved there when it is whole, so what is there is good.
 */
import { chmod, copyFile, mkdir, mkdtemp, rename, rm, stat, writeFile } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { dirname, join } from "node:path";
import { canonicalJson, sha256 } from "@polyglot/contracts";
import type { Clock } from "@polyglot/service";
import type { WorkerLauncher } from "../../limits/worker-launcher.ts";
import type { WorkerUser } from "../../limits/worker-user.ts";
import type { BuildRecipe } from "../language.ts";
import { buildContained } from "../contained-build.ts";
import { Places } from "../places.ts";

/** Compilers take a core and some hundred megabytes each. */
const buildsAtOnce = Math.max(1, Math.floor(availableParallelism() / 2));

/** Until then a build that failed is not tried again: what the host lacks may come. Milliseconds. */
const failureKeptMs = 60_000;
const maxFailures = 1_000;
/** Of a compiler's output in a failure. */
const maxSaidLines = 20;

/** A build that ran and did not succeed; the message is for whoever wrote the code. */
export class BuildFailure extends Error {}

export interface BuildOrder {
  readonly recipe: BuildRecipe;
  /** Which compiler of which version: a newer one builds anew. */
  readonly compiler: string;
  readonly user: WorkerUser;
  /** Taken out of paths in messages: the folder of the bundle. */
  readonly sourceFolder: string;
}

export class Builds {
  readonly #root: string;
  readonly #launcher: WorkerLauncher;
  readonly #clock: Clock;
  readonly #places = new Places(buildsAtOnce);
  readonly #ready = new Map<string, Promise<string>>();
  /** What did not build: the same words to who asks again soon, without the compiler. */
  readonly #failed = new Map<string, { readonly until: number; readonly failure: BuildFailure }>();

  /** `dataFolder` is the agent's; products lie in `builds` below it. */
  constructor(dataFolder: string, launcher: WorkerLauncher, clock: Clock) {
    this.#root = join(dataFolder, "builds");
    this.#launcher = launcher;
    this.#clock = clock;
  }

  /** The product's file. Rejects with a `BuildFailure` where the code does not build; the next call tries again. */
  productOf(order: BuildOrder): Promise<string> {
    const digest = digestOf(order);
    const known = this.#ready.get(digest);
    if (known !== undefined) return known;
    const failed = this.#failed.get(digest);
    if (failed !== undefined && failed.until > this.#clock.monotonic()) return Promise.reject(failed.failure);
    const product = this.#places.within(() => this.#make(digest, order));
    this.#ready.set(digest, product);
    product.catch((problem: unknown) => this.#fail(digest, problem));
    return product;
  }

  #fail(digest: string, problem: unknown): void {
    this.#ready.delete(digest);
    if (!(problem instanceof BuildFailure)) return;
    this.#failed.delete(digest);
    this.#failed.set(digest, { until: this.#clock.monotonic() + failureKeptMs, failure: problem });
    if (this.#failed.size > maxFailures) this.#failed.delete(this.#failed.keys().next().value ?? "");
  }

  async #make(digest: string, order: BuildOrder): Promise<string> {
    const folder = join(this.#root, digest);
    const product = join(folder, order.recipe.product);
    if (await isFile(product)) return product;
    await mkdir(this.#root, { recursive: true });
    await chmod(this.#root, 0o711);
    const temporary = await mkdtemp(join(this.#root, "new-"));
    try {
      await this.#build(temporary, order);
      await rm(folder, { recursive: true, force: true });
      await rename(temporary, folder);
    } finally {
      await rm(temporary, { recursive: true, force: true });
    }
    return product;
  }

  async #build(folder: string, { recipe, user, sourceFolder }: BuildOrder): Promise<void> {
    const source = join(folder, "source");
    for (const [path, text] of recipe.files) {
      await mkdir(dirname(join(source, path)), { recursive: true });
      await writeFile(join(source, path), text);
    }
    await chmod(folder, 0o755);
    const commands = recipe.commands.map((command) => command.map((word) => word.replaceAll("{source}", source)));
    const end = await buildContained(this.#launcher, this.#clock, { user, commands }, async (work) => {
      await copyFile(join(work, recipe.product), join(folder, recipe.product));
      await chmod(join(folder, recipe.product), 0o555);
    });
    if (end.kind === "built") return;
    const said = firstError(end.output.replaceAll(`${sourceFolder}/`, "").replaceAll(`${source}/`, ""));
    throw new BuildFailure(`it does not build (${end.reason})${said === "" ? "" : `:\n${said}`}`);
  }
}

/** From the first error on: warnings and the way through the includes stand before it. */
function firstError(output: string): string {
  const lines = output.trim().split("\n");
  const start = Math.max(
    0,
    lines.findIndex((line) => /\berror\b/.test(line)),
  );
  return lines.slice(start, start + maxSaidLines).join("\n");
}

const digestOf = ({ recipe, compiler }: BuildOrder): string =>
  sha256(
    canonicalJson({
      compiler,
      files: Object.fromEntries(recipe.files),
      commands: recipe.commands.map((command) => [...command]),
      product: recipe.product,
    }),
  ).slice("sha256:".length);

async function isFile(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined))?.isFile() === true;
}
