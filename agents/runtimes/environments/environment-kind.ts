/** What a language says of its environments; all else is the same for every language that has them. */
import type { FoundRuntime } from "../native-call.ts";
import type { SearchPlaces } from "../search-places.ts";

export interface EnvironmentSource {
  /** The bundle's folder; absolute. */
  readonly folder: string;
  /** Of the file that says what the environment holds; below the folder. */
  readonly path: string;
}

export interface EnvironmentRecipe {
  /** All that decides what is built, by paths below the folder that the commands run in. */
  readonly files: ReadonlyMap<string, Uint8Array>;
  /** One after the other. They leave the environment in the folder `env`. */
  readonly commands: readonly (readonly string[])[];
  /** For people: how many packages are asked for. */
  readonly packages: number;
}

export interface EnvironmentKind {
  /** Rejects with an `EnvironmentFailure` where the file cannot be used. */
  recipe(source: EnvironmentSource, runtime: FoundRuntime, places: SearchPlaces): Promise<EnvironmentRecipe>;
  /** Makes what stands at `from`, where it was built, right for the path `to`, before it is moved there. */
  relocate?(from: string, to: string, folder: string): Promise<void>;
  /** The program that runs code over an environment; without one it is the runtime itself. */
  program(runtime: FoundRuntime, environment: string | undefined): string;
  /** Whether code finds its packages by where it lies, and so needs a folder beside them. */
  readonly isFoundByPlace: boolean;
  /**
   * Arguments that make the program look functions up. A folder from which code would find its packages follows, then
   * JSON of `[module, name]` pairs; the line that begins with `lookUpMark` has JSON of what is wrong with each, or null.
   */
  readonly lookUp: readonly string[];
}

export const lookUpMark = "polyglot-look-up:";
