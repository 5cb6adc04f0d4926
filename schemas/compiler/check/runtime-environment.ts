/** `|W.Python3.11 << requirements: "requirements.txt"`: the file of the bundle that says which packages a language's code has. */
import { environmentArguments, type PackagedLanguage, type PlanBody, type Wrapper } from "@polyglot/contracts";
import { problems } from "../diagnose/catalogue.ts";
import type { Span } from "../source/source-file.ts";
import { folderOf, pathWithin, resolvePath } from "../source/paths.ts";
import type { RuntimeLanguage } from "../stdlib/wrappers.ts";
import type { CallNode } from "../syntax/tree.ts";
import type { CheckContext } from "./context.ts";
import type { Namespace } from "./file-scope.ts";

type RuntimeEnvironment = NonNullable<NonNullable<PlanBody["environments"]>[PackagedLanguage]>;

/** Undefined where none is asked for, or after a finding: what it holds is to be known before anything runs. */
export function checkEnvironment(
  body: CallNode,
  wrapper: Wrapper,
  lang: RuntimeLanguage,
  context: CheckContext,
): RuntimeEnvironment | undefined {
  if (!isPackagedLanguage(lang)) return undefined;
  const index = wrapper.arguments.findIndex(({ name }) => name === environmentArguments[lang]);
  const value = wrapper.arguments[index]?.value;
  const { space } = context.file;
  if (value === undefined || space === undefined) return undefined;
  const at = valueAt(body, index);
  if (value.kind !== "literal" || typeof value.value !== "string") {
    context.findings.report(problems.environmentNotLiteral, at, environmentArguments[lang]);
    return undefined;
  }
  const path = findFile(value.value, at, space, context);
  if (path === undefined) return undefined;
  const required = fileNames[lang];
  if (required !== undefined && path.slice(path.lastIndexOf("/") + 1) !== required) {
    context.findings.report(problems.wrongExtension, at, value.value, required);
    return undefined;
  }
  return { path, bundle_digest: space.bundle };
}

/** Clients that take no other name. */
const fileNames: Readonly<Partial<Record<PackagedLanguage, string>>> = { js: "package.json", rust: "Cargo.toml" };

const isPackagedLanguage = (lang: RuntimeLanguage): lang is PackagedLanguage => lang in environmentArguments;

/** Arguments of a wrapper stand in the order in which they are written. */
function valueAt(body: CallNode, index: number): Span {
  const written = body.io.filter((item) => item.kind === "argument");
  return written[index]?.value ?? body.name;
}

function findFile(text: string, at: Span, space: Namespace, context: CheckContext): string | undefined {
  const full = resolvePath(context.file.folder, text);
  const path = full === undefined || text.startsWith("/") ? undefined : pathWithin(space.folder, full);
  if (path === undefined) {
    context.findings.report(problems.outsideBundle, at, text);
    return undefined;
  }
  if (space.bundleFiles.has(path)) return path;
  const beside = [...space.bundleFiles.keys()].filter((name) => folderOf(name) === folderOf(path));
  context.findings.report(problems.unknownFile, at, text, context.findings.nearest(path, beside));
  return undefined;
}
