import { readFileSync, statSync } from "node:fs";
import { basename, dirname, resolve } from "node:path";
import { Args, Flags } from "@oclif/core";
import type { CompiledPipeline, Diagnostic } from "@polyglot/compiler";
import { Failure } from "../client/failure.ts";
import { nearest } from "../client/nearest.ts";
import { readFiles } from "../client/read-files.ts";
import { graphForms } from "../output/graph/forms.ts";
import { BaseCommand } from "./base-command.ts";

export class Compile extends BaseCommand {
  static override summary = "Print what a .pg file compiles to.";
  static override description = "Plans as a JSON list in the order of the text; with --pipeline that plan alone.";
  static override examples = [
    "<%= config.bin %> compile etl/orders.pg --pipeline Report",
    "<%= config.bin %> compile etl/orders.pg --graph svg > orders.svg",
  ];
  static override args = { file: Args.string({ required: true, description: "a .pg file" }) };
  static override flags = {
    syntax: Flags.boolean({ description: "the syntax tree as JSON", exclusive: ["graph", "pipeline"] }),
    graph: Flags.option({ options: graphForms, description: "the flow: steps, values and order" })(),
    pipeline: Flags.string({ description: "one pipeline of the file" }),
  };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Compile);
    const file = resolve(args.file);
    if (statSync(file, { throwIfNoEntry: false })?.isFile() !== true) {
      throw new Failure("usage", `there is no file ${args.file}`);
    }
    if (flags.syntax) return this.#printSyntax(args.file, file);
    const pipelines = choose(await this.#compile(args.file, file), flags.pipeline);
    if (flags.graph !== undefined) return this.#printGraph(pipelines, flags.graph);
    const plans = pipelines.map(({ plan }) => plan);
    this.log("%s", JSON.stringify(flags.pipeline === undefined ? plans : plans[0], undefined, 2));
  }

  async #printSyntax(shown: string, file: string): Promise<void> {
    const { parse } = await import("@polyglot/compiler");
    const { treeJson } = await import("../output/tree-json.ts");
    const { tree, diagnostics } = parse(shown, readFileSync(file));
    this.log("%s", treeJson(tree));
    await this.#sayFindings(shown, diagnostics);
  }

  async #printGraph(pipelines: readonly CompiledPipeline[], form: (typeof graphForms)[number]): Promise<void> {
    const { planGraph } = await import("../output/graph/plan-graph.ts");
    const { draw } = await import("../output/graph/draw.ts");
    this.log("%s", draw[form](pipelines.map(({ plan }) => planGraph(plan))));
  }

  /** The file's pipelines; it is compiled with what stands beside it. */
  async #compile(shown: string, file: string): Promise<readonly CompiledPipeline[]> {
    const { createCompiler } = await import("@polyglot/compiler");
    const base = dirname(file);
    const { pipelines, diagnostics } = (await createCompiler()).compile({ files: readFiles(base, base) });
    const own = basename(file);
    await this.#sayFindings(
      shown,
      diagnostics.filter((finding) => finding.file === own),
    );
    return pipelines.filter((pipeline) => pipeline.file === own);
  }

  async #sayFindings(shown: string, diagnostics: readonly Diagnostic[]): Promise<void> {
    const { formatDiagnostic } = await import("@polyglot/compiler");
    for (const finding of diagnostics) this.say(formatDiagnostic({ ...finding, file: shown }));
    const errors = diagnostics.filter((finding) => finding.severity === "error").length;
    if (errors > 0) throw new Failure("failed", errors === 1 ? "1 error" : `${errors} errors`);
  }
}

const nameOf = ({ id }: CompiledPipeline): string => id.slice(id.indexOf("#") + 1);

function choose(pipelines: readonly CompiledPipeline[], name: string | undefined): readonly CompiledPipeline[] {
  if (name === undefined) return pipelines;
  const chosen = pipelines.filter((pipeline) => nameOf(pipeline) === name || pipeline.id === name);
  if (chosen.length > 0) return chosen;
  const near = nearest(name, pipelines.map(nameOf));
  const advice = near === undefined ? "" : `; did you mean '${near}'?`;
  throw new Failure("usage", `the file has no pipeline '${name}'${advice}`);
}
