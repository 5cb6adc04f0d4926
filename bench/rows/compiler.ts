/** The compiler alone: how much text it takes a second, and how long a project of many files is checked. */
import { createCompiler } from "@polyglot/compiler";
import { createPipelineText } from "./program-text.ts";

const encoder = new TextEncoder();
const runs = 5;

/** Megabytes of `.pg` a second, one large file, median of the runs. */
export async function compileRate(pipelines: number): Promise<number> {
  const compiler = await createCompiler();
  const parts = Array.from({ length: pipelines }, (_, at) => createPipelineText(`P${at}`));
  const text = encoder.encode(`[@] bench>Large\n[D] @Text << py"./text.py"\n[X]\n${parts.join("")}`);
  const files = new Map([["large.pg", text], nativeFile]);
  const seconds = median(() => mustCompile(compiler.compile({ files }), pipelines));
  return text.length / 1e6 / seconds;
}

/** Milliseconds for a project of files with a pipeline each, median of the runs. */
export async function checkProject(count: number): Promise<number> {
  const compiler = await createCompiler();
  const files = createProject(count);
  return median(() => mustCompile(compiler.compile({ files }), count)) * 1_000;
}

/** Milliseconds from an edit of one file of such a project to its findings, median of the runs. */
export async function checkEdit(count: number): Promise<number> {
  const session = (await createCompiler()).openSession();
  const files = createProject(count);
  session.update(files);
  const path = [...files.keys()][Math.floor(count / 2)] ?? "";
  const text = new TextDecoder().decode(files.get(path));
  let edits = 0;
  return (
    median(() => {
      edits += 1;
      const found = session.update(new Map([[path, text.replace("[o] >> summary", `[o] >> summary${edits}`)]]));
      if (!found.has(path)) throw new Error("the edit was not found to be wrong");
    }) * 1_000
  );
}

function createProject(count: number): Map<string, Uint8Array> {
  const files = new Map([nativeFile]);
  for (let at = 0; at < count; at += 1) {
    // The parts of a namespace see the imports of the earlier ones.
    const imports = at === 0 ? '[D] @Text << py"./text.py"\n' : "";
    const head = `[@] bench>Project#${at + 1}\n${imports}[X]\n`;
    files.set(`p${String(at).padStart(5, "0")}.pg`, encoder.encode(head + createPipelineText(`P${at}`)));
  }
  return files;
}

const nativeFile: readonly [string, Uint8Array] = [
  "text.py",
  encoder.encode(
    "def upper(text, times=1):\n    return text.upper() * times\n\n\ndef count(text):\n    return len(text)\n",
  ),
];

function mustCompile(
  result: { pipelines: readonly unknown[]; diagnostics: readonly { message: string }[] },
  count: number,
) {
  if (result.pipelines.length !== count)
    throw new Error(`the program does not compile: ${result.diagnostics[0]?.message}`);
}

/** Seconds; the first run warms up and does not count. */
function median(work: () => void): number {
  work();
  const taken = Array.from({ length: runs }, () => {
    const startedAt = performance.now();
    work();
    return performance.now() - startedAt;
  });
  return (taken.sort((a, b) => a - b)[Math.floor(runs / 2)] ?? 0) / 1_000;
}
