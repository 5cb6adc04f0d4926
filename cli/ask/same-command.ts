/** What a person would type to get the same without questions. */
export function sameCommand(pipelineId: string, pairs: readonly string[], inputsFile: string | undefined): string {
  const file = inputsFile === undefined ? [] : ["--inputs-file", inputsFile];
  return ["polyglot", "run", pipelineId, ...file, ...pairs.flatMap((pair) => ["--input", pair])].map(quoted).join(" ");
}

const quoted = (word: string): string => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`);
