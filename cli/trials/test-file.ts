/** A `*.test.yaml` file: what it says, or what is wrong with it and where. */
import { type PipelineTest, pipelineTests } from "@polyglot/contracts";
import { isNode, LineCounter, parseDocument } from "yaml";

export interface TestFile {
  /** Relative to the folder that is tested, with `/`. */
  readonly path: string;
  readonly tests: readonly PlacedTest[];
  readonly problems: readonly FileProblem[];
}

export interface PlacedTest extends PipelineTest {
  readonly line: number;
}

export interface FileProblem {
  readonly line: number;
  readonly column: number;
  readonly message: string;
}

export function readTestFile(path: string, text: string): TestFile {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines });
  const at = (offset: number) => {
    const { line, col } = lines.linePos(offset);
    return { line, column: col };
  };
  if (document.errors.length > 0) {
    const problems = document.errors.map(({ message, pos }) => ({
      ...at(pos[0]),
      message: message.split("\n")[0] ?? "",
    }));
    return { path, tests: [], problems };
  }
  const place = (keys: readonly PropertyKey[]) => {
    for (let length = keys.length; length >= 0; length--) {
      const node: unknown = length === 0 ? document.contents : document.getIn(keys.slice(0, length), true);
      if (isNode(node) && node.range) return at(node.range[0]);
    }
    return { line: 1, column: 1 };
  };
  const parsed = pipelineTests.safeParse(document.toJS());
  if (!parsed.success) {
    const problems = parsed.error.issues.map(({ path: keys, message }) => ({
      ...place(keys),
      message: keys.length === 0 ? message : `${keys.join(".")}: ${message}`,
    }));
    return { path, tests: [], problems };
  }
  const { pipeline, tests } = parsed.data;
  const placed = tests.map((test, index): PlacedTest => {
    const named = test.pipeline ?? pipeline;
    return { ...test, ...(named === undefined ? {} : { pipeline: named }), line: place(["tests", index]).line };
  });
  return { path, tests: placed, problems: [] };
}
