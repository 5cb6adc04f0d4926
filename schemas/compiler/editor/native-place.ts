/**
 * Where a function of native code stands, by the line that reads as its definition: for an editor to open. A call is checked
 * against a parsed file elsewhere; here a wrong guess costs a glance.
 */
import type { FileSet, NativeLanguage } from "@polyglot/contracts";
import type { Span } from "../source/source-file.ts";

export interface NativePlace extends Span {
  readonly path: string;
}

type Pattern = (name: string) => RegExp;

const definitions: Readonly<Record<NativeLanguage, readonly Pattern[]>> = {
  py: [
    (name) => new RegExp(`^[ \\t]*(?:async[ \\t]+)?(?:def|class)[ \\t]+(${name})\\b`, "m"),
    (name) => new RegExp(`^(${name})[ \\t]*[=:]`, "m"),
  ],
  js: [
    (name) =>
      new RegExp(
        `^[ \\t]*(?:export[ \\t]+)?(?:default[ \\t]+)?(?:async[ \\t]+)?(?:function\\*?|const|let|var|class)[ \\t]+(${name})\\b`,
        "m",
      ),
    (name) => new RegExp(`\\bexports\\.(${name})\\b`),
  ],
  rust: [(name) => new RegExp(`\\bfn[ \\t]+(${name})\\b`)],
  cpp: [
    (name) => new RegExp(`^[^\\n/#(=]*[\\w>&*\\]][ \\t&*]+(?:\\w+::)*(${name})[ \\t]*\\([^;]*?\\)[^;{]*\\{`, "m"),
    (name) => new RegExp(`\\b(${name})[ \\t]*\\(`),
  ],
};

const endings: Readonly<Record<NativeLanguage, RegExp>> = {
  py: /\.py$/,
  js: /\.[cm]?[jt]sx?$/,
  rust: /\.rs$/,
  cpp: /\.(?:c|cc|cpp|cxx|h|hh|hpp|hxx)$/,
};

/** `path` is a file or a folder of the bundle. Where the function is not found, the file itself. */
export function findNativePlace(
  lang: NativeLanguage,
  path: string,
  name: string,
  files: FileSet,
): NativePlace | undefined {
  const paths = files.has(path)
    ? [path]
    : [...files.keys()].filter((one) => one.startsWith(`${path}/`) && endings[lang].test(one));
  const last = name.slice(name.lastIndexOf(".") + 1).replaceAll(/\W/g, "");
  const texts = paths.map((one) => ({ path: one, text: new TextDecoder().decode(files.get(one)) }));
  for (const pattern of definitions[lang]) {
    for (const { path: at, text } of texts) {
      const found = pattern(last).exec(text);
      if (found === null) continue;
      const start = found.index + found[0].lastIndexOf(last, lang === "cpp" ? found[0].indexOf("(") : undefined);
      return { path: at, start, end: start + last.length };
    }
  }
  const [first] = paths;
  return first === undefined ? undefined : { path: first, start: 0, end: 0 };
}
