import { statSync, writeFileSync } from "node:fs";
import { dirname, relative, resolve, sep } from "node:path";
import { Args, Flags } from "@oclif/core";
import { Failure } from "../client/failure.ts";
import { readFiles } from "../client/read-files.ts";
import { colourFor } from "../output/colour.ts";
import type { TestResult } from "../trials/run-tests.ts";
import type { TestFile } from "../trials/test-file.ts";
import { BaseCommand } from "./base-command.ts";

const isTestFile = (path: string): boolean => /\.test\.ya?ml$/.test(path);

export class Test extends BaseCommand {
  static override summary = "Run the tests of pipelines (*.test.yaml), without a controller.";
  static override description =
    "Each test runs a pipeline with given inputs, real steps or stubs, and compares outcome, outputs, errors, order of steps, calls and logs with what it expects. Waits cost no time.";
  static override examples = ["<%= config.bin %> test", "<%= config.bin %> test etl --junit results.xml"];
  static override args = { path: Args.string({ description: "a folder or a test file", default: "." }) };
  static override flags = {
    name: Flags.string({ description: "only tests whose name has this in it", default: "" }),
    junit: Flags.string({ description: "also write the results to this file, as JUnit's XML" }),
    format: Flags.option({
      options: ["text", "json", "github"] as const,
      default: "text" as const,
      description: "form of the results; github marks lines of a pull request",
    })(),
  };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Test);
    const { createCompiler } = await import("@polyglot/compiler");
    const { readTestFile } = await import("../trials/test-file.ts");
    const { runTests } = await import("../trials/run-tests.ts");
    const { junitText } = await import("../trials/junit.ts");
    const { folder, files, isChosen } = read(args.path);
    const { pipelines, bundles, diagnostics } = (await createCompiler()).compile({ files });
    const errors = diagnostics.filter(({ severity }) => severity === "error");
    if (errors.length > 0) {
      const { formatFindings } = await import("./findings.ts");
      this.say(formatFindings(errors, "text", this.config.version));
      throw new Failure("failed", "nothing was tested: pipelines with errors cannot run");
    }
    const decoder = new TextDecoder();
    const tests = [...files]
      .filter(([path]) => isChosen(path))
      .map(([path, text]) => readTestFile(path, decoder.decode(text)));
    if (tests.length === 0) throw new Failure("usage", `no file *.test.yaml in ${args.path}`);
    const project = { folder, files, pipelines };
    const results = [...unreadable(tests), ...(await runTests(tests, project, bundles.values(), flags.name))];
    if (flags.junit !== undefined) writeFileSync(flags.junit, junitText(results));
    const shown = relative(process.cwd(), folder);
    this.#print(results, flags.format, shown === "" ? "" : `${shown}/`);
    this.#conclude(results);
  }

  #print(results: readonly TestResult[], format: "text" | "json" | "github", prefix: string): void {
    if (format === "json") return this.log("%s", JSON.stringify(results, undefined, 2));
    for (const result of results) this.log("%s", lineOf[format](result, prefix));
  }

  #conclude(results: readonly TestResult[]): void {
    if (results.length === 0) throw new Failure("usage", "no test has that name");
    const failed = results.filter(({ problems }) => problems.length > 0).length;
    if (failed > 0) throw new Failure("failed", `${failed} of ${count(results.length)} failed`);
    this.say(`${count(results.length)} passed`);
  }
}

const lineOf = {
  text: ({ file, line, name, problems }: TestResult, prefix: string) => {
    const mark = problems.length === 0 ? colourFor("succeeded", "✓") : colourFor("failed", "✗");
    const reasons = problems.map((problem) => `\n    ${problem.replaceAll("\n", "\n    ")}`);
    return `${mark} ${prefix}${file}:${line} ${name}${reasons.join("")}`;
  },
  github: ({ file, line, name, problems }: TestResult, prefix: string) =>
    problems.length === 0
      ? `✓ ${name}`
      : `::error file=${prefix}${file},line=${line},title=${escaped(name)}::${escaped(problems.join("\n"))}`,
};

const escaped = (text: string): string => text.replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");

const count = (tests: number): string => `${tests} test${tests === 1 ? "" : "s"}`;

/** Of a file, those beside it are read too: the pipeline and its code. */
function read(path: string) {
  const absolute = resolve(path);
  const isFolder = statSync(absolute, { throwIfNoEntry: false })?.isDirectory() ?? true;
  const folder = isFolder ? absolute : dirname(absolute);
  const own = relative(folder, absolute).split(sep).join("/");
  const isChosen = (file: string) => (isFolder ? isTestFile(file) : file === own);
  return { folder, files: readFiles(folder, folder), isChosen };
}

/** A file that cannot be read is a test that failed. */
function unreadable(files: readonly TestFile[]): TestResult[] {
  return files.flatMap(({ path, problems }) =>
    problems.map(({ line, column, message }) => ({
      file: path,
      line,
      name: `column ${column}`,
      problems: [message],
      durationMs: 0,
    })),
  );
}
