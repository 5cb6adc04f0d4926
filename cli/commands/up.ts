import { mkdirSync, realpathSync } from "node:fs";
import { join, resolve } from "node:path";
import { Args, Flags } from "@oclif/core";
import { dataFolderName } from "../client/endpoint-file.ts";
import { Failure } from "../client/failure.ts";
import type { LocalSystem } from "../local/system.ts";
import { BaseCommand } from "./base-command.ts";

export class Up extends BaseCommand {
  static override summary = "Run a whole system on this machine, in the foreground.";
  static override description =
    "Starts PostgreSQL, a controller and an agent. What git has committed on the current branch of PATH is reconciled; a PATH that is no repository is applied as it is, now and at each change. Relative patterns of file triggers start at PATH. Ctrl-C ends all of it.";
  static override examples = ["<%= config.bin %> up", "<%= config.bin %> up ~/pipelines --listen 127.0.0.1:7443"];
  static override args = { path: Args.string({ default: ".", description: "folder or git repository to watch" }) };
  static override flags = {
    "data-dir": Flags.string({ description: `where the system keeps its data (default: PATH/${dataFolderName})` }),
    listen: Flags.string({ default: "127.0.0.1:0", description: "address of the controller; port 0 is a free one" }),
    name: Flags.string({ description: "name of the agent" }),
    labels: Flags.string({ description: "labels of the agent: key=value,…" }),
    capacity: Flags.integer({ description: "executions that the agent runs at a time", min: 1 }),
    "secret-env-prefix": Flags.string({
      description: "secrets may name variables of this process that begin so, e.g. POLYGLOT_SECRET_",
    }),
    "secret-folder": Flags.string({ description: "secrets may name files below this folder" }),
    "allow-network": Flags.string({
      description:
        "what library calls may connect to besides the public internet: a network like 10.0.0.0/8, an address, loopback or private",
      multiple: true,
      delimiter: ",",
      env: "POLYGLOT_AGENT_ALLOW_NETWORK",
      // Databases of a system on one machine mostly run there, too.
      default: ["loopback"],
    }),
  };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Up);
    const path = folderAt(args.path);
    const endpointFolder = join(path, dataFolderName);
    const dataFolder = resolve(flags["data-dir"] ?? endpointFolder);
    const { LocalSystem } = await import("../local/system.ts");
    const stopRequested = onceAskedToStop();
    const system = new LocalSystem({
      dataFolder,
      endpointFolder,
      dataRoot: path,
      listen: flags.listen,
      agentFlags: agentFlags(flags),
      controllerFlags: controllerFlags(flags),
      onNews: (line) => this.say(line),
    });
    let closeSource: (() => Promise<void>) | undefined;
    try {
      closeSource = await this.#start(system, path, stopRequested);
      await stopRequested;
      this.say("stopping");
    } finally {
      await closeSource?.();
      await system.stop();
    }
    this.say("stopped");
  }

  /** Answers how to stop watching; undefined when the stop was asked for before all had started. */
  async #start(system: LocalSystem, path: string, stopRequested: Promise<void>) {
    const started = system.start().then(
      (endpoint) => ({ kind: "started", endpoint }) as const,
      (error: unknown) => ({ kind: "failed", error }) as const,
    );
    const first = await Promise.race([started, stopRequested.then(() => ({ kind: "interrupted" }) as const)]);
    if (first.kind === "failed") throw new Failure("failed", (first.error as Error).message, { cause: first.error });
    if (first.kind === "interrupted") return undefined;
    const { endpoint } = first;
    const { followPath } = await import("./follow-path.ts");
    const close = await followPath(endpoint, path, (line) => this.say(line));
    this.log("%s", JSON.stringify({ url: endpoint.url, path, pid: process.pid }));
    this.say(`ready; 'polyglot get pipelines' in ${path} shows what runs, Ctrl-C stops it`);
    return close;
  }
}

function folderAt(path: string): string {
  const absolute = resolve(path);
  mkdirSync(absolute, { recursive: true });
  return realpathSync(absolute);
}

function controllerFlags(flags: {
  "secret-env-prefix"?: string | undefined;
  "secret-folder"?: string | undefined;
  "allow-network": readonly string[];
}): string[] {
  const { "secret-env-prefix": prefix, "secret-folder": folder } = flags;
  return [
    ...flags["allow-network"].flatMap((network) => ["--allow-network", network]),
    ...(prefix === undefined ? [] : ["--secret-env-prefix", prefix]),
    ...(folder === undefined ? [] : ["--secret-folder", resolve(folder)]),
  ];
}

function agentFlags(flags: {
  name?: string | undefined;
  labels?: string | undefined;
  capacity?: number | undefined;
  "allow-network": readonly string[];
}): string[] {
  const { name, labels, capacity } = flags;
  const single = Object.entries({ name, labels, capacity }).flatMap(([flag, value]) =>
    value === undefined ? [] : [`--${flag}`, String(value)],
  );
  return [...single, ...flags["allow-network"].flatMap((network) => ["--allow-network", network])];
}

/** Milliseconds between two looks at whether the process that wants this one is still there. */
const parentLookMs = 500;

/**
 * Resolves with the first signal, or when the process that POLYGLOT_PARENT_PID names is no longer the parent. Signals
 * after the first are passed over: the stop is under way.
 */
function onceAskedToStop(): Promise<void> {
  // A terminal or pipe that has gone away may not keep the stop from being orderly.
  for (const stream of [process.stdout, process.stderr]) stream.on("error", () => undefined);
  return new Promise((ask) => {
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => ask());
    const parent = process.env["POLYGLOT_PARENT_PID"];
    if (parent === undefined) return;
    setInterval(() => {
      if (process.ppid !== Number(parent)) ask();
    }, parentLookMs).unref();
  });
}
