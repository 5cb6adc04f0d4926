/** Files of one bundle, parsed: a native module may be spread over many of them. */
import type { FileSet, NativeLanguage } from "@polyglot/contracts";
import type { Grammars, SyntaxNode } from "./grammars.ts";
import type { ModuleBuilder, NativeModule, UnreadPlace } from "./native-module.ts";

/** Files that one module may be read from; what lies beyond is checked only when it runs. */
const maxFiles = 500;

export class BundleReader {
  readonly #files: FileSet;
  readonly #grammars: Grammars;
  #parsed = 0;
  /** The first place that a grammar did not understand. */
  unread: UnreadPlace | undefined;

  constructor(files: FileSet, grammars: Grammars) {
    this.#files = files;
    this.#grammars = grammars;
  }

  has(path: string): boolean {
    return this.#files.has(path);
  }

  paths(): string[] {
    return [...this.#files.keys()];
  }

  text(path: string): string | undefined {
    const bytes = this.#files.get(path);
    return bytes === undefined ? undefined : new TextDecoder().decode(bytes);
  }

  /** What `use` makes of the file's tree; undefined where there is no such file, or too many were read. */
  parse<Result>(lang: NativeLanguage, path: string, use: (root: SyntaxNode) => Result): Result | undefined {
    const text = this.text(path);
    if (text === undefined || this.#parsed >= maxFiles) return undefined;
    this.#parsed++;
    return this.#grammars.parse(lang, text, (root, errorLine) => {
      if (errorLine !== undefined) this.unread ??= { path, line: errorLine };
      return use(root);
    });
  }

  /** A module that is one file. */
  readFile(lang: NativeLanguage, path: string, read: (root: SyntaxNode) => ModuleBuilder): NativeModule | undefined {
    const found = this.parse(lang, path, read);
    return found && this.finish(found);
  }

  /** Where something could not be read, more names may exist. */
  finish({ functions, unsupported, isOpen }: ModuleBuilder): NativeModule {
    if (this.unread === undefined) return { functions, unsupported, isOpen };
    return { functions, unsupported, isOpen: true, unread: this.unread };
  }
}
