/** Lines of depth 0 to a file's header and blocks. Every line lands somewhere or is reported. */
import { problems } from "../diagnose/catalogue.ts";
import type { Findings } from "../diagnose/findings.ts";
import type { SourceFile } from "../source/source-file.ts";
import { collectBlock } from "./collect-block.ts";
import { elementText } from "./element.ts";
import type { BlockNode, FileNode } from "./file-tree.ts";
import { parseLines } from "./parse-lines.ts";
import { keepPlaced } from "./placement.ts";
import type { BodyOf, LineNode } from "./tree.ts";

export function parseFile(source: SourceFile, findings: Findings): FileNode {
  const lines = parseLines(source, findings).map((line) => keepPlaced(line, findings));
  return new FileAssembler(source, findings).assemble(lines);
}

const opensBlock = (line: LineNode): boolean =>
  line.element === "pipeline" || line.element === "macro" || line.element === "enum";

const closesBlock = (line: LineNode): boolean => line.element === "exit" && line.body === undefined && !line.inError;

class FileAssembler {
  readonly #source: SourceFile;
  readonly #findings: Findings;
  readonly #imports: BodyOf<"import">[] = [];
  readonly #aliases: BodyOf<"alias">[] = [];
  readonly #blocks: BlockNode[] = [];
  #namespace: BodyOf<"namespace"> | undefined;

  constructor(source: SourceFile, findings: Findings) {
    this.#source = source;
    this.#findings = findings;
  }

  assemble(lines: readonly LineNode[]): FileNode {
    let at = this.#header(lines);
    while (at < lines.length) at = this.#block(lines, at);
    return {
      source: this.#source,
      ...(this.#namespace && { namespace: this.#namespace }),
      imports: this.#imports,
      aliases: this.#aliases,
      blocks: this.#blocks,
    };
  }

  /** `[@]`, `[D]`…, `[X]`. Answers the index of the first line after it. */
  #header(lines: readonly LineNode[]): number {
    const first = lines[0];
    if (first?.element !== "import") {
      this.#findings.report(problems.missingNamespace, first?.head ?? { start: 0, end: 0 });
    }
    const end = lines.findIndex((line) => opensBlock(line) || closesBlock(line));
    const stop = end === -1 ? lines.length : end;
    for (const line of lines.slice(0, stop)) this.#headerLine(line);
    const closing = lines[stop];
    if (closing !== undefined && closesBlock(closing)) return stop + 1;
    const place = closing ?? lines.at(-1);
    if (place !== undefined) this.#findings.report(problems.missingImportEnd, place.head);
    return stop;
  }

  #headerLine(line: LineNode): void {
    const { body } = line;
    if (line.inError) return;
    if (line.element === "import") this.#namespaceLine(line);
    else if (line.element !== "define") {
      this.#findings.report(problems.outsideBlock, line.head, elementText(line.element));
    } else if (body?.kind === "import") this.#imports.push(body);
    else if (body?.kind === "alias") this.#aliases.push(body);
    else this.#findings.report(problems.bodyNotTaken, line, "[D] in the import block");
  }

  #namespaceLine(line: LineNode): void {
    if (line.body?.kind !== "namespace") {
      this.#findings.report(problems.onlyUnder, line.head, "an import with [@]", "in a pipeline, after [|]");
    } else if (this.#namespace === undefined) this.#namespace = line.body;
    else this.#findings.report(problems.namespaceTwice, line.head);
  }

  /** One block from its opening line on, or a line that stands outside of any. */
  #block(lines: readonly LineNode[], start: number): number {
    const head = lines[start];
    if (head === undefined) return lines.length;
    if (!opensBlock(head)) {
      this.#stray(head);
      return start + 1;
    }
    let end = start + 1;
    for (let line = lines[end]; line !== undefined && !opensBlock(line) && !closesBlock(line); line = lines[end]) end++;
    const closing = lines[end];
    const isClosed = closing !== undefined && closesBlock(closing);
    if (!isClosed) this.#findings.report(problems.notClosed, head.head, elementText(head.element));
    const block = collectBlock(head, lines.slice(start + 1, end), this.#findings);
    if (block !== undefined) this.#blocks.push(block);
    return isClosed ? end + 1 : end;
  }

  #stray(line: LineNode): void {
    if (closesBlock(line)) this.#findings.report(problems.nothingToClose, line.head);
    else if (line.element === "import" && line.body?.kind === "namespace") {
      this.#findings.report(problems.namespaceTwice, line.head);
    } else this.#findings.report(problems.outsideBlock, line.head, elementText(line.element));
  }
}
