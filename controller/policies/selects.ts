import { isForNamespace, type PipelineId, type PipelineSelector, splitPipelineId } from "@polyglot/contracts";

/** Of a pipeline that is named by its whole id, whoever names it. */
export const wholeId = 3;

/**
 * How closely a selector is about a pipeline: the closer one wins. Undefined where it is about others. All parts of a
 * selector have to fit; one without parts is about every pipeline.
 *
 *     3 its id   2 a pattern of ids   1… its namespace, the deeper the closer   0 all pipelines
 */
export function closeness(selector: PipelineSelector, id: PipelineId): number | undefined {
  const { namespaces, pipelines } = selector;
  const { namespace } = splitPipelineId(id);
  if (namespaces !== undefined && !isForNamespace({ namespaces }, namespace)) return undefined;
  if (pipelines !== undefined && !pipelines.some((pattern) => fits(pattern, id))) return undefined;
  if (pipelines !== undefined) return pipelines.includes(id) ? wholeId : 2;
  return namespaces === undefined ? 0 : depthShare(namespaces, namespace);
}

/** `*` stands for any characters. */
export function fits(pattern: string, id: string): boolean {
  const parts = pattern.split("*").map((part) => part.replaceAll(/[.\\^$+?()[\]{}|]/g, "\\$&"));
  return new RegExp(`^${parts.join(".*")}$`, "s").test(id);
}

/** From 1 to less than 2: the longest of the namespaces that hold it, as a share of it. */
function depthShare(namespaces: readonly string[], namespace: string): number {
  const holding = namespaces.filter((one) => isForNamespace({ namespaces: [one] }, namespace));
  const longest = Math.max(...holding.map((one) => one.length));
  return 1 + longest / (namespace.length + 1);
}
