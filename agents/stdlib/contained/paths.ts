import { resolve } from "node:path";
import { type CanonicalValue, kindOfValue } from "@polyglot/contracts";
import { type Given, Refused } from "../given.ts";
import type { ContainedContext } from "./contained-function.ts";

type ContainedGiven = Given<ContainedContext>;

/** An absolute path; a relative one starts at the agent's data root. What may be touched there is for the system to say. */
export function pathOf(given: ContainedGiven, name: string): string {
  return absolute(given.text(name), name, given.context);
}

export function absolute(path: string, name: string, { settings }: ContainedContext): string {
  if (path === "") throw new Refused("ValidationError", `'${name}' is an empty text, which is no path`);
  return resolve(settings.dataRoot, path);
}

export const isHandle = (value: CanonicalValue): boolean => kindOfValue(value) === "$handle";
