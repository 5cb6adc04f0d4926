import { dirname, resolve, sep } from "node:path";
import { statSync } from "node:fs";
import { Args, Flags } from "@oclif/core";
import type { Diagnostic } from "@polyglot/compiler";
import { Failure } from "../client/failure.ts";
import { BaseCommand } from "./base-command.ts";
import { readFiles } from "../client/read-files.ts";

export class Validate extends BaseCommand {
  static override summary = "Check .pg and YAML files without a controller.";
  static override examples = ["<%= config.bin %> validate .", "<%= config.bin %> validate etl --format json"];
  static override strict = false;
  static override args = { path: Args.string({ description: "files and folders", default: "." }) };
  static override flags = {
    format: Flags.option({
      options: ["text", "json", "github", "sarif"] as const,
      default: "text" as const,
      description: "form of the findings",
    })(),
  };

  async run(): Promise<void> {
    const { argv, flags } = await this.parse(Validate);
    const paths = argv.length === 0 ? ["."] : (argv as string[]);
    const { createCompiler } = await import("@polyglot/compiler");
    const { formatFindings } = await import("./findings.ts");
    const compiler = await createCompiler();
    const found = paths.flatMap((path) => this.#validate(path, (files) => compiler.compile({ files }).diagnostics));
    const text = formatFindings(found, flags.format, this.config.version);
    if (text !== "") this.log("%s", text);
    const errors = found.filter((finding) => finding.severity === "error").length;
    const warnings = found.length - errors;
    if (errors > 0) throw new Failure("failed", `${count(errors, "error")}, ${count(warnings, "warning")}`);
    this.say(warnings === 0 ? "no problems" : count(warnings, "warning"));
  }

  /** A folder is validated whole; of a file's neighbours only what it may need is read, findings in them are theirs. */
  #validate(path: string, compile: (files: ReturnType<typeof readFiles>) => readonly Diagnostic[]): Diagnostic[] {
    const absolute = resolve(path);
    const isFolder = statSync(absolute, { throwIfNoEntry: false })?.isDirectory() ?? true;
    const base = isFolder ? absolute : dirname(absolute);
    const diagnostics = compile(readFiles(base, base));
    const only = isFolder
      ? undefined
      : absolute
          .slice(base.length + 1)
          .split(sep)
          .join("/");
    return diagnostics
      .filter((finding) => only === undefined || finding.file === only)
      .map((finding) => ({ ...finding, file: shown(path, isFolder, finding.file) }));
  }
}

/** As the caller would write it, so that an editor or terminal can open it. */
function shown(path: string, isFolder: boolean, file: string): string {
  if (!isFolder) return path;
  const folder = path.replace(/\/+$/, "");
  return folder === "." || folder === "" ? file : `${folder}/${file}`;
}

const count = (number: number, what: string): string => `${number} ${what}${number === 1 ? "" : "s"}`;
