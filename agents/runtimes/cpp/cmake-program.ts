/** The programs that build CMake folders. */
import { firstProgram, type SearchPlaces } from "../search-places.ts";

export interface CmakePrograms {
  readonly cmake: string;
  readonly generator: "Ninja" | "Unix Makefiles";
  readonly make: string;
}

export type FoundCmake =
  | ({ readonly kind: "found" } & CmakePrograms)
  | { readonly kind: "missing"; readonly what: string };

export async function findCmake(places: SearchPlaces): Promise<FoundCmake> {
  const [cmake, ninja, make] = await Promise.all([
    firstProgram(["cmake"], places),
    firstProgram(["ninja", "ninja-build"], places),
    firstProgram(["make", "gmake"], places),
  ]);
  if (cmake === undefined) return { kind: "missing", what: "cmake" };
  if (ninja !== undefined) return { kind: "found", cmake, generator: "Ninja", make: ninja };
  if (make !== undefined) return { kind: "found", cmake, generator: "Unix Makefiles", make };
  return { kind: "missing", what: "ninja or make" };
}

export async function lacksCmake(places: SearchPlaces): Promise<string[]> {
  const found = await findCmake(places);
  return found.kind === "found" ? [] : [`no ${found.what}: folders with CMakeLists.txt are not built here`];
}
