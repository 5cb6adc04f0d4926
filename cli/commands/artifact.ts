import { createWriteStream } from "node:fs";
import { rename, rm } from "node:fs/promises";
import { pipeline } from "node:stream/promises";
import { Args, Flags } from "@oclif/core";
import type { PolyglotClient } from "../client/api-client.ts";
import { Failure } from "../client/failure.ts";
import { BaseCommand, connectionFlags } from "./base-command.ts";

interface Wanted {
  readonly executionId: string;
  readonly name: string;
}

export class Artifact extends BaseCommand {
  static override summary = "Write an artifact that an execution keeps.";
  static override description = "Its bytes go to standard output as they are, or to a file.";
  static override examples = ["<%= config.bin %> artifact 0190a1b2 report.csv --to report.csv"];
  static override args = {
    execution: Args.string({ required: true, description: "id, or a unique beginning of it" }),
    name: Args.string({ required: true, description: "name of the artifact: polyglot get artifacts EXECUTION" }),
  };
  static override flags = {
    ...connectionFlags,
    to: Flags.string({ description: "file to write; one that is there is replaced" }),
  };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Artifact);
    const wanted = { executionId: args.execution, name: args.name };
    await this.connect(flags, async (call) => {
      const content = contentOf(call, wanted);
      if (flags.to === undefined) await pipeline(content, process.stdout, { end: false });
      else await writeFile(content, flags.to);
    });
  }
}

async function* contentOf(call: PolyglotClient, wanted: Wanted): AsyncGenerator<Uint8Array> {
  for await (const { data } of call.readArtifact(wanted)) yield data;
}

/** Beside it first, so that a copy that breaks off leaves no half of it. */
async function writeFile(content: AsyncGenerator<Uint8Array>, path: string): Promise<void> {
  const partial = `${path}.partial`;
  try {
    await pipeline(content, createWriteStream(partial));
    await rename(partial, path);
  } catch (error) {
    await rm(partial, { force: true });
    if (!(error instanceof Error && "syscall" in error)) throw error;
    throw new Failure("failed", `'${path}' could not be written: ${error.message}`);
  }
}
