/**
 * What holds for the next execution of a pipeline, setting by setting, and who says so. Queue, priority, attempts and
 * inputs are fixed when it is activated; limits, kills, network, sandbox and variables when an attempt of it is
 * dispatched: an attempt keeps what it began with.
 */
import { type CanonicalValue, defaults, type PipelineId, type QueueConfiguration } from "@polyglot/contracts";
import { type DeclaredPolicies, type Layer, layersOf, ownLines } from "./layers.ts";
import type { SettingName, Settings } from "./settings.ts";

export interface EffectiveSetting {
  readonly name: string;
  readonly value: unknown;
  /** For people: `[Q] lines`, `ResourcePolicy/etl`, `default`. */
  readonly source: string;
}

/** One input that a configuration gives a value. */
export interface ConfiguredInput {
  readonly value: CanonicalValue;
  readonly source: string;
}

export class EffectiveSettings {
  readonly #found: ReadonlyMap<string, EffectiveSetting>;
  readonly inputs: ReadonlyMap<string, ConfiguredInput>;
  readonly env: Readonly<Record<string, string>>;
  /** Names of secrets by the names under which the pipeline asks for them. */
  readonly secrets: Readonly<Record<string, string>>;

  /** `layers`: the one that wins first. */
  constructor(layers: readonly Layer[]) {
    const found = new Map<string, EffectiveSetting>();
    for (const { source, said } of layers) {
      for (const [name, value] of Object.entries(said)) {
        if (value !== undefined && !found.has(name)) found.set(name, { name, value, source });
      }
    }
    this.#found = found;
    this.inputs = new Map(this.#within("inputs.") as [string, ConfiguredInput][]);
    this.env = this.#texts("env.");
    this.secrets = this.#texts("secrets.");
  }

  get<Name extends SettingName>(name: Name): Settings[Name] | undefined {
    return this.#found.get(name)?.value as Settings[Name] | undefined;
  }

  sourceOf(name: SettingName): string | undefined {
    return this.#found.get(name)?.source;
  }

  /** Whether an object says anything that has to travel to the agent. */
  get isBeyondPlan(): boolean {
    return [...this.#found.values()].some(
      ({ name, source }) => travelling.test(name) && source !== ownLines && source !== "default",
    );
  }

  /** All of them by name. */
  list(): EffectiveSetting[] {
    return [...this.#found.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  #within(group: string): [string, EffectiveSetting][] {
    return [...this.#found.values()]
      .filter(({ name }) => name.startsWith(group))
      .map((setting) => [setting.name.slice(group.length), setting]);
  }

  #texts(group: string): Record<string, string> {
    return Object.fromEntries(this.#within(group).map(([name, { value }]) => [name, String(value)]));
  }
}

const travelling = /^(?:(?:limits|kill|env)\.|network$|sandbox$)/;

/** Undefined where no configuration says it. */
export function secretName(id: PipelineId, asked: string, { configs }: DeclaredPolicies): string | undefined {
  const layers = layersOf(id, { queue: defaults.queue }, { configs, policies: [] });
  const { secrets } = new EffectiveSettings(layers);
  return Object.hasOwn(secrets, asked) ? secrets[asked] : undefined;
}

export const effectiveSettings = (
  id: PipelineId,
  own: QueueConfiguration,
  declared: DeclaredPolicies,
): EffectiveSettings => new EffectiveSettings(layersOf(id, own, declared));
