/** The grammars of native languages, compiled to WebAssembly: no other program is asked what a file holds. */
import { createRequire } from "node:module";
import type { NativeLanguage } from "@polyglot/contracts";

type TreeSitter = typeof import("@vscode/tree-sitter-wasm");
export type SyntaxNode = import("@vscode/tree-sitter-wasm").Node;

const require = createRequire(import.meta.url);

const grammarOf = {
  py: "python",
  js: "javascript",
  rust: "rust",
  cpp: "cpp",
} as const satisfies Record<NativeLanguage, string>;

export class Grammars {
  readonly #parsers: ReadonlyMap<NativeLanguage, InstanceType<TreeSitter["Parser"]>>;

  private constructor(parsers: ReadonlyMap<NativeLanguage, InstanceType<TreeSitter["Parser"]>>) {
    this.#parsers = parsers;
  }

  static async load(): Promise<Grammars> {
    const { Parser, Language } = require("@vscode/tree-sitter-wasm") as TreeSitter;
    await Parser.init();
    const parsers = new Map<NativeLanguage, InstanceType<TreeSitter["Parser"]>>();
    for (const lang of Object.keys(grammarOf) as NativeLanguage[]) {
      const path = require.resolve(`@vscode/tree-sitter-wasm/wasm/tree-sitter-${grammarOf[lang]}.wasm`);
      // One after the other: the grammars share one WebAssembly memory.
      // oxlint-disable-next-line no-await-in-loop
      parsers.set(lang, new Parser().setLanguage(await Language.load(path)));
    }
    return new Grammars(parsers);
  }

  /** The tree lasts as long as `use`; with it comes the first line that the grammar does not understand, from 1. */
  parse<Result>(
    lang: NativeLanguage,
    text: string,
    use: (root: SyntaxNode, errorLine: number | undefined) => Result,
  ): Result {
    const tree = this.#parsers.get(lang)?.parse(lang === "cpp" ? withEndsApart(text) : text);
    if (!tree) throw new Error(`the grammar of ${lang} is not loaded`);
    try {
      const row = firstError(tree.rootNode)?.startPosition.row;
      return use(tree.rootNode, row === undefined ? undefined : row + 1);
    } finally {
      tree.delete();
    }
  }
}

/** Types that end in one another: the grammar takes `>>>` for no more than two ends. Nothing else in C++ is written so. */
const withEndsApart = (text: string): string => text.replaceAll(/>{3,}/g, (ends) => ends.split("").join(" "));

function firstError(root: SyntaxNode): SyntaxNode | undefined {
  let node: SyntaxNode | null = root.hasError ? root : null;
  while (node !== null && !node.isError && !node.isMissing) {
    node = node.children.find((child) => child?.hasError === true || child?.isMissing === true) ?? null;
  }
  return node ?? undefined;
}
