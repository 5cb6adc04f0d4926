import { createCompiler } from "@polyglot/compiler";
import { createBundle, type FileSet, type TriggerRegistration } from "@polyglot/contracts";
import picomatch from "picomatch";
import { readFiles } from "../client/read-files.ts";
import { leftOut } from "./left-out.ts";

export interface SourceFiles {
  readonly files: FileSet;
  /** The same for the same files. */
  readonly digest: string;
}

/**
 * A folder's files without those that a commit would leave out, and those that its own pipelines wait for: they are data.
 * Were they part of a bundle, each file that arrives would make a new version of the pipeline that it is for.
 */
export async function readSourceFiles(folder: string): Promise<SourceFiles> {
  const all = readFiles(folder, folder);
  const isLeftOut = leftOut(all);
  const files = new Map([...all].filter(([path]) => !isLeftOut(path)));
  const compiler = await createCompiler();
  const triggers = compiler.compile({ files }).pipelines.flatMap(({ plan }) => plan.triggers.flatMap(withNested));
  const patterns = triggers.flatMap(dataPatterns);
  const isData = patterns.length === 0 ? () => false : picomatch(patterns);
  const sources = new Map([...files].filter(([path]) => !isData(path)));
  return { files: sources, digest: createBundle(sources).digest };
}

const withNested = (trigger: TriggerRegistration): TriggerRegistration[] => [
  trigger,
  ...trigger.any.flatMap(withNested),
];

/** Of files that a trigger watches or asks for; a folder stands for all that is in it. */
function dataPatterns({ name, arguments: { path } }: TriggerRegistration): string[] {
  const isOfFiles = /^T\.(?:System\.(?:File|Directory)|Check\.(?:File|Directory))\./.test(name);
  if (!isOfFiles || typeof path !== "string") return [];
  const plain = path.replace(/^\.\//, "").replace(/\/$/, "");
  return name.includes(".Directory.") ? [`${plain}/**`] : [plain];
}
