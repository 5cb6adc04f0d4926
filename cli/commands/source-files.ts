import { createCompiler } from "@polyglot/compiler";
import { createBundle, type FileSet, type TriggerRegistration } from "@polyglot/contracts";
import picomatch from "picomatch";
import { readFiles } from "../client/read-files.ts";

export interface SourceFiles {
  readonly files: FileSet;
  /** The same for the same files. */
  readonly digest: string;
}

/**
 * A folder's files without those that its own pipelines wait for: they are data. Were they part of a bundle, each file
 * that arrives would make a new version of the pipeline that it is for.
 */
export async function readSourceFiles(folder: string): Promise<SourceFiles> {
  const files = readFiles(folder, folder);
  const compiler = await createCompiler();
  const triggers = compiler.compile({ files }).pipelines.flatMap(({ plan }) => plan.triggers.flatMap(withNested));
  const patterns = triggers.filter(({ name }) => name.startsWith("T.System.")).flatMap(textArguments);
  const isData = patterns.length === 0 ? () => false : picomatch(patterns);
  const sources = new Map([...files].filter(([path]) => !isData(path)));
  return { files: sources, digest: createBundle(sources).digest };
}

const withNested = (trigger: TriggerRegistration): TriggerRegistration[] => [
  trigger,
  ...trigger.any.flatMap(withNested),
];

const textArguments = (trigger: TriggerRegistration): string[] =>
  Object.values(trigger.arguments).filter((value) => typeof value === "string");
