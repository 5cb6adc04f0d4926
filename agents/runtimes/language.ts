/** What a language's folder says of itself; all else is the same for every language that runs in worker processes. */
import type { NativeTarget } from "@polyglot/contracts";
import type { Border } from "../convert/fit.ts";
import type { FoundRuntime } from "./native-call.ts";
import type { SearchPlaces } from "./search-places.ts";

export interface Language {
  readonly lang: NativeTarget["lang"] & Border;
  readonly name: FoundRuntime["name"];
  /** For people. */
  readonly title: string;
  readonly oldestVersion: string;
  /** Programs that may be a runtime of this language. */
  candidates(places: SearchPlaces): Promise<string[]>;
  /** Arguments that make a runtime print `{ "version", "problem" }` on one line, the problem or null. */
  readonly checkArguments: readonly string[];
  /** Arguments before the bundle's folder that make a runtime a worker. */
  workerArguments(): readonly string[];
  /** Arguments by keyword; else they are put in the order of the parameters. */
  readonly hasKeywords: boolean;
  /** Lineage of the error of a call whose process died. */
  readonly crashLineage: readonly string[];
  /** The part of a worker's key that depends on the target beyond its bundle. */
  workerScope(target: NativeTarget): string;
}
