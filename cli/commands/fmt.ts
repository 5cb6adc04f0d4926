import { readFileSync, writeFileSync } from "node:fs";
import { relative } from "node:path";
import { Args, Flags } from "@oclif/core";
import { Failure } from "../client/failure.ts";
import { listFiles } from "../client/read-files.ts";
import { BaseCommand } from "./base-command.ts";

export class Fmt extends BaseCommand {
  static override summary = "Write .pg files in their canonical form.";
  static override description = "Comments stay where they are, and the plan stays the same.";
  static override examples = ["<%= config.bin %> fmt .", "<%= config.bin %> fmt etl/orders.pg --check"];
  static override strict = false;
  static override args = { path: Args.string({ description: "files and folders", default: "." }) };
  static override flags = {
    check: Flags.boolean({ description: "write nothing; name the files that are not in canonical form, with code 1" }),
  };

  async run(): Promise<void> {
    const { argv, flags } = await this.parse(Fmt);
    const paths = argv.length === 0 ? ["."] : (argv as string[]);
    const { format } = await import("@polyglot/compiler");
    const files = new Set(paths.flatMap(listFiles).filter((file) => file.endsWith(".pg")));
    const changed = [...files].flatMap((file) => {
      const text = readText(file);
      const canonical = format(text);
      return canonical === text ? [] : [{ file, canonical }];
    });
    for (const { file, canonical } of changed) {
      if (!flags.check) writeFileSync(file, canonical);
      this.log("%s", relative(".", file));
    }
    this.#conclude(files.size, changed.length, flags.check);
  }

  #conclude(files: number, changed: number, isCheck: boolean): void {
    if (isCheck && changed > 0) {
      throw new Failure("failed", `${changed} of ${count(files)} not in canonical form; mend with polyglot fmt`);
    }
    this.say(changed === 0 ? `${count(files)} in canonical form` : `${changed} of ${count(files)} written`);
  }
}

/** Bytes that are not UTF-8 would be lost in writing. */
function readText(file: string): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(readFileSync(file));
  } catch (cause) {
    throw new Failure("failed", `${relative(".", file)} is not UTF-8 text`, { cause });
  }
}

const count = (files: number): string => `${files} file${files === 1 ? "" : "s"}`;
