import { createHash } from "node:crypto";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { silentLogger, systemClock } from "@polyglot/service";
import { describe, expect, it } from "vitest";
import { openCgroups } from "../../limits/cgroup.ts";
import { probeHostTools } from "../../limits/containment.ts";
import { clearWorkFolders, WorkerLauncher } from "../../limits/worker-launcher.ts";
import { defaultWorkerLimits } from "../../limits/worker-limits.ts";
import type { ClientSettings } from "../client-settings.ts";
import type { BuildRecipe } from "../language.ts";
import { eagerClock } from "../testing/eager-clock.ts";
import { type BuildOrder, Builds, orderBuild } from "./builds.ts";
import { type BuildLimits, moduleLimits } from "./limits.ts";

/** Recipes of a shell stand in for compilers: what is kept, said and given up is the same, and takes no time. */
describe("builds", () => {
  it("what nobody needs goes when another comes, what is held or of a pipeline in force stays", async () => {
    await using world = await World.create({ maxBuilds: 1 });
    const [held, registered, third] = [world.order("held"), world.order("registered"), world.order("third")];
    const release = world.builds.hold(held.digest);
    world.builds.register([registered.digest]);
    for (const order of [held, registered, third]) await world.builds.productOf(order);
    await expect.poll(() => world.kept()).toEqual([held.digest, registered.digest].sort());
    release();
    world.builds.register([]);
    await world.builds.productOf(third);
    await expect.poll(() => world.kept()).toEqual([third.digest]);
    expect(await readFile(await world.builds.productOf(held), "utf8")).toBe("held\n");
  });

  it("an agent that starts anew knows what lies there", async () => {
    await using world = await World.create();
    const product = await world.builds.productOf(world.order("one"));
    await world.restart({ maxBytes: 1 });
    await world.builds.productOf(world.order("one"));
    await expect.poll(() => world.kept()).toEqual([]);
    await world.restart({});
    expect(await world.builds.productOf(world.order("one"))).toBe(product);
  });

  it("who waits hears what is done, and for what the registry is asked again", async () => {
    await using world = await World.create();
    const said: string[] = [];
    const lines = ["   Compiling one v1", "noise", "warning: unused", "error: Could not resolve host: index"];
    const order = world.order("any", {
      commands: [["sh", "-c", `printf '%s\\n' "$@" >&2; exit 101`, "sh", ...lines]],
      stepIn: (line) => /^ *Compiling (.*)/.exec(line)?.[1],
    });
    const failed = world.builds.productOf(order, (text) => said.push(text));
    await expect(failed).rejects.toThrow("it does not build: error: Could not resolve host: index");
    expect(said.slice(0, 4)).toEqual([
      "waiting for its turn to build any",
      "building any",
      "building any: one v1",
      expect.stringMatching(/^any: the registry does not answer, again in 5 s: it does not build/),
    ]);
    expect(said.filter((text) => text.includes("again in"))).toHaveLength(moduleLimits.pausesMs.length);
    await expect(world.builds.productOf(order)).rejects.toBe(await failed.catch((error: unknown) => error));
  });

  it("builds that download get what the host configures for their client, others nothing of it", async () => {
    await using world = await World.create();
    const print = { commands: [["sh", "-c", 'cat .cargo/config.toml >product 2>&1; echo "$TOKEN" >>product']] };
    const printed = async (recipe: Partial<BuildRecipe>) =>
      readFile(await world.builds.productOf(world.order("p", { ...print, ...recipe })), "utf8");
    expect(await printed({ client: "cargo" })).toBe("[net]\nretry = 7\nsecret\n");
    expect(await printed({ product: "./product" })).not.toMatch(/retry|secret/);
  });

  it("a package that a build downloaded is there for those whose lock file asks for its bytes", async () => {
    await using world = await World.create();
    const cache = "cache/registry-1";
    const first = {
      commands: [["sh", "-c", `mkdir -p ${cache} && echo one >${cache}/a-1.crate && cp ${cache}/* product`]],
    };
    const digest = createHash("sha256").update("one\n").digest("hex");
    const look = { commands: [["sh", "-c", `cat ${cache}/a-1.crate >product 2>/dev/null || echo none >product`]] };
    const printed = async (label: string, recipe: Partial<BuildRecipe>, wanted: string) => {
      const downloads = { folder: "cache", wanted: new Map([["a-1.crate", wanted]]) };
      return readFile(await world.builds.productOf(world.order(label, { ...recipe, downloads })), "utf8");
    };
    expect(await printed("first", first, digest)).toBe("one\n");
    expect(await printed("other", { ...look, product: "./product" }, digest.replaceAll(/[0-8]/g, "9"))).toBe("none\n");
    expect(await printed("same", look, digest)).toBe("one\n");
  });

  it("a build ends with its agent", async () => {
    await using world = await World.create();
    const building = Promise.withResolvers<void>();
    const order = world.order("long", { commands: [["sleep", "600"]] });
    const built = world.builds.productOf(order, (text) => text === "building long" && building.resolve());
    await building.promise;
    await Promise.all([expect(built).rejects.toThrow("it was stopped"), world.builds.stop()]);
  });
});

const settings: ClientSettings = {
  variables: { TOKEN: "secret" },
  files: new Map([[".cargo/config.toml", Buffer.from("[net]\nretry = 7\n")]]),
};

class World {
  readonly folder: string;
  readonly #launcher: WorkerLauncher;
  builds: Builds;

  static async create(limits: Partial<BuildLimits> = {}): Promise<World> {
    const dataFolder = await mkdtemp(join(tmpdir(), "polyglot-builds-"));
    await clearWorkFolders(dataFolder);
    const launcher = new WorkerLauncher({
      dataFolder,
      environment: process.env,
      tools: await probeHostTools(process.getuid?.()),
      cgroups: await openCgroups(process.pid),
      limits: defaultWorkerLimits,
      clock: systemClock,
    });
    const world = new World(dataFolder, launcher, limits);
    await world.builds.start();
    return world;
  }

  constructor(folder: string, launcher: WorkerLauncher, limits: Partial<BuildLimits>) {
    this.folder = folder;
    this.#launcher = launcher;
    this.builds = this.#create(limits);
  }

  #create(limits: Partial<BuildLimits>): Builds {
    return new Builds({
      dataFolder: this.folder,
      launcher: this.#launcher,
      settings: async () => settings,
      limits,
      clock: eagerClock(moduleLimits.pausesMs),
      logger: silentLogger,
    });
  }

  async restart(limits: Partial<BuildLimits>): Promise<void> {
    await this.builds.stop();
    this.builds = this.#create(limits);
    await this.builds.start();
  }

  order(label: string, recipe: Partial<BuildRecipe> = {}): BuildOrder {
    const whole = {
      files: new Map([["name", `${label}\n`]]),
      commands: [["cp", "{source}/name", "product"]],
      product: "product",
      ...recipe,
    };
    return orderBuild("sh", { label, recipe: whole, user: { setpriv: [] }, sourceFolder: this.folder });
  }

  async kept(): Promise<string[]> {
    const names = await readdir(join(this.folder, "builds"));
    return names.filter((name) => /^[0-9a-f]{64}$/.test(name)).sort();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.builds.stop();
    await rm(this.folder, { recursive: true });
  }
}
