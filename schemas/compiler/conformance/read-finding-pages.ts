/** Reads what `diagnose/pages` holds: a page for each code, and the native files that their programs import. */
import { readdirSync, readFileSync } from "node:fs";
import type { CompileInput } from "../compile-result.ts";
import { toCompileInput } from "./compile-input.ts";
import { type FindingPage, type FindingProgram, parseFindingPage } from "./finding-page.ts";

const folder = new URL("../diagnose/pages/", import.meta.url);
const names = readdirSync(folder);

/** In the order of their codes. */
export function readFindingPages(): ReadonlyMap<string, FindingPage> {
  const pages = names.filter((name) => name.endsWith(".md")).toSorted();
  return new Map(pages.map((name) => [name.replace(".md", ""), parseFindingPage(readText(name))]));
}

/** Imported by many programs, so that each need not show them. */
export const sharedFiles: ReadonlyMap<string, string> = new Map(
  names.filter((name) => !name.endsWith(".md")).map((name) => [name, readText(name)]),
);

export function inputOf(program: FindingProgram): CompileInput {
  const shared = [...sharedFiles].map(([path, text]) => [path, new TextEncoder().encode(text)] as const);
  return toCompileInput([...shared, ...program.files]);
}

/** Whether a finding only says that a part of the product is not there yet; programs of other findings may have it. */
export const isOpenPart = (code: string): boolean => code.startsWith("PG9") || code === "PG7011";

function readText(name: string): string {
  return readFileSync(new URL(name, folder), "utf8");
}
