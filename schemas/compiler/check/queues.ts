/** Queues that `[#] Queue` declares: the same objects as those of YAML files, checked by the same schema. */
import { declaredKinds, defaults, findOpenFields } from "@polyglot/contracts";
import type { DeclaredObject } from "../compile-result.ts";
import { problems } from "../diagnose/catalogue.ts";
import type { EnumMember } from "../syntax/file-tree.ts";
import { CheckContext, type Surroundings } from "./context.ts";
import { type FileScope, placeText } from "./file-scope.ts";
import type { Project } from "./project.ts";
import { SettingDraft } from "./setting-draft.ts";
import { settingFields } from "./setting-fields.ts";
import { readSettings } from "./settings.ts";

/** All members of #Queue: queues are those of the whole installation, whichever namespace declares them. */
export function declareQueues(project: Project, declaredInYaml: ReadonlyMap<string, string>): Set<string> {
  const declaredAt = new Map<string, string>([[defaults.queue, "the standard library"], ...declaredInYaml]);
  for (const { file, member } of membersIn(project)) {
    const { name } = member;
    const earlier = declaredAt.get(name.text);
    if (earlier !== undefined) file.findings.report(problems.duplicateName, name, "the queue", name.text, earlier);
    else declaredAt.set(name.text, placeText(file, name));
  }
  return new Set(declaredAt.keys());
}

/** The members with settings, as objects. One without says a name alone: it is a queue with the defaults. */
export function checkQueues(project: Project, surroundings: Surroundings): DeclaredObject[] {
  return membersIn(project).flatMap(({ file, member }) => checkQueue(member, file, surroundings));
}

function membersIn(project: Project): { readonly file: FileScope; readonly member: EnumMember }[] {
  return [...project.spaces.values()].flatMap((space) => {
    const declaration = space.enums.get("Queue");
    return declaration?.node.members.map((member) => ({ file: declaration.file, member })) ?? [];
  });
}

function checkQueue({ name, settings }: EnumMember, file: FileScope, surroundings: Surroundings): DeclaredObject[] {
  const context = new CheckContext(file, surroundings);
  const draft = new SettingDraft(context);
  for (const { node, entry, values } of readSettings(settings, context)) {
    if (settingFields[entry.name]?.[0]?.kind === "Queue") draft.add(node, entry.name, values);
    else context.findings.report(problems.notOfQueue, node.name, node.name.text);
  }
  const parsed = draft.parse({ kind: "Queue", name: name.text, spec: draft.specOf("Queue") }, name, () => true);
  if (parsed === undefined) return [];
  const { line } = file.source.position(name.start);
  const openFields = findOpenFields(declaredKinds.Queue.schema, { spec: draft.specOf("Queue") }).map((path) =>
    path.join("."),
  );
  for (const field of openFields) file.findings.report(problems.fieldNotImplemented, name, field);
  return [{ kind: "Queue", name: name.text, spec: parsed.spec, openFields, file: file.path, line }];
}
