/** Which calls may share a warm worker, and how a worker of a group is started. */
import { type NativeTarget, parseBundleDigest, sha256 } from "@polyglot/contracts";
import { keyOfConfinement } from "../limits/confinement.ts";
import type { WorkerCommand } from "../limits/worker-launcher.ts";
import type { Launched } from "../pool/worker-group.ts";
import type { GroupDefinition } from "../pool/worker-pool.ts";
import type { BundleStore } from "./bundle-store.ts";
import type { BuiltModule, Modules } from "./compiled/modules.ts";
import type { RunningPlace, RuntimeEnvironments } from "./environments/runtime-environments.ts";
import type { CheckedRuntime } from "./find-runtimes.ts";
import type { CompiledLanguage, InterpretedLanguage } from "./language.ts";
import type { NativeCall } from "./native-call.ts";
import type { WorkerHost } from "./worker-host.ts";

export interface WorkerGroupsOptions {
  readonly bundles: BundleStore;
  readonly host: WorkerHost;
  readonly environments: RuntimeEnvironments;
  readonly modules: Modules;
}

export class WorkerGroups {
  readonly #options: WorkerGroupsOptions;

  constructor(options: WorkerGroupsOptions) {
    this.#options = options;
  }

  /** The bundle of a target stays until what is returned is called. */
  holdBundle(target: NativeTarget): () => void {
    const digest = parseBundleDigest(target.bundle_digest);
    return digest === undefined ? () => undefined : this.#options.bundles.hold(digest);
  }

  over(
    { target, namespace, variables, confinement }: NativeCall,
    language: InterpretedLanguage,
    { user }: CheckedRuntime,
    { program, folder, digest }: RunningPlace,
  ): GroupDefinition {
    const scope = [language.workerScope(target), keyOfVariables(variables), keyOfConfinement(confinement)];
    return {
      key: [language.name, program, namespace, digest, folder, ...scope].join("\n"),
      // Made at each call and used for few: to find the worker's own file takes about 18 µs.
      launch: () => {
        const command = { command: program, arguments: [...language.workerArguments(), folder], user, confinement };
        return this.#launch(target, withVariables(command, variables), [this.#options.environments.hold(digest)]);
      },
    };
  }

  /** As the user of all workers: a module needs nothing of its compiler, so who could run that does not matter. */
  ofModule(
    { target, namespace, variables, confinement }: NativeCall,
    language: CompiledLanguage,
    folder: string,
    module: BuiltModule,
  ): GroupDefinition {
    const { user } = this.#options.host;
    const command = withVariables(
      { command: module.host, arguments: [module.file, folder], user, confinement },
      variables,
    );
    return {
      key: [language.name, namespace, module.file, keyOfVariables(variables), keyOfConfinement(confinement)].join("\n"),
      launch: () => this.#launch(target, command, [this.#options.modules.hold(module)]),
    };
  }

  async #launch(
    target: NativeTarget,
    command: Omit<WorkerCommand, "channels">,
    holds: readonly (() => void)[],
  ): Promise<Launched> {
    const { launcher } = this.#options.host;
    const releases = [this.holdBundle(target), ...holds];
    return launchHolding(
      () => releases.forEach((release) => release()),
      () => launcher.launch({ ...command, channels: 2 }),
    );
  }
}

type Variables = NativeCall["variables"];

/** A digest: the key of a group stands in logs, and values may be secrets. */
function keyOfVariables(variables: Variables): string {
  if (variables === undefined) return "";
  const sorted = Object.entries(variables).sort(([a], [b]) => (a < b ? -1 : 1));
  return sha256(new TextEncoder().encode(JSON.stringify(sorted)));
}

const withVariables = <Command extends object>(command: Command, variables: Variables) =>
  variables === undefined ? command : { ...command, variables };

/** The worker's bundle and environment stay until no process of the worker is left. */
async function launchHolding(release: () => void, launch: () => Promise<Launched>): Promise<Launched> {
  try {
    const launched = await launch();
    return { process: launched.process, cleanUp: () => launched.cleanUp().finally(release) };
  } catch (error) {
    release();
    throw error;
  }
}
