/** The grammars of native languages, compiled to WebAssembly: no other program is asked what a file holds. */
import { createRequire } from "node:module";
import type { NativeLanguage } from "@polyglot/contracts";
import { readCpp } from "./cpp.ts";
import { readJavaScript } from "./javascript.ts";
import type { ModuleBuilder, NativeModule } from "./native-module.ts";
import { readPython } from "./python.ts";
import { readRust } from "./rust.ts";

type TreeSitter = typeof import("@vscode/tree-sitter-wasm");
export type SyntaxNode = import("@vscode/tree-sitter-wasm").Node;

const require = createRequire(import.meta.url);

const languages = {
  py: { grammar: "python", read: readPython },
  js: { grammar: "javascript", read: readJavaScript },
  rust: { grammar: "rust", read: readRust },
  cpp: { grammar: "cpp", read: readCpp },
} as const satisfies Record<NativeLanguage, { grammar: string; read: (root: SyntaxNode) => ModuleBuilder }>;

export class Grammars {
  readonly #parsers: ReadonlyMap<NativeLanguage, InstanceType<TreeSitter["Parser"]>>;

  private constructor(parsers: ReadonlyMap<NativeLanguage, InstanceType<TreeSitter["Parser"]>>) {
    this.#parsers = parsers;
  }

  static async load(): Promise<Grammars> {
    const { Parser, Language } = require("@vscode/tree-sitter-wasm") as TreeSitter;
    await Parser.init();
    const parsers = new Map<NativeLanguage, InstanceType<TreeSitter["Parser"]>>();
    for (const lang of Object.keys(languages) as NativeLanguage[]) {
      const path = require.resolve(`@vscode/tree-sitter-wasm/wasm/tree-sitter-${languages[lang].grammar}.wasm`);
      // One after the other: the grammars share one WebAssembly memory.
      // oxlint-disable-next-line no-await-in-loop
      parsers.set(lang, new Parser().setLanguage(await Language.load(path)));
    }
    return new Grammars(parsers);
  }

  read(lang: NativeLanguage, text: string): NativeModule {
    const tree = this.#parsers.get(lang)?.parse(text);
    if (!tree) throw new Error(`the grammar of ${lang} is not loaded`);
    try {
      const found: NativeModule = languages[lang].read(tree.rootNode);
      const error = firstError(tree.rootNode);
      return error === undefined ? found : { ...found, isOpen: true, errorLine: error.startPosition.row + 1 };
    } finally {
      tree.delete();
    }
  }
}

function firstError(root: SyntaxNode): SyntaxNode | undefined {
  let node: SyntaxNode | null = root.hasError ? root : null;
  while (node !== null && !node.isError && !node.isMissing) {
    node = node.children.find((child) => child?.hasError === true || child?.isMissing === true) ?? null;
  }
  return node ?? undefined;
}
