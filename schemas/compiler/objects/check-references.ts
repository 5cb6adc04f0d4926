/** Whether what objects name is declared: by YAML, or by `.pg` for pipelines and queues. */
import { defaults, type ReferenceTarget } from "@polyglot/contracts";
import type { Namespace } from "../check/file-scope.ts";
import { problems } from "../diagnose/catalogue.ts";
import type { ObjectFile } from "./object-reader.ts";
import type { ParsedObjects } from "./parse-objects.ts";

export function checkReferences({ files, declared }: ParsedObjects, spaces: Iterable<Namespace>): void {
  const all = [...spaces];
  const pipelines = new Set<string>(all.flatMap((space) => [...space.pipelines.values()].map((item) => item.id)));
  const queues = all.flatMap((space) => [...(space.enums.get("Queue")?.members ?? [])]);
  const known = new Map<ReferenceTarget, ReadonlySet<string>>([
    ["Pipeline", pipelines],
    ["Queue", new Set([defaults.queue, ...queues, ...declared.of("Queue").keys()])],
  ]);
  for (const file of files) {
    for (const use of file.uses)
      reportDangling(file, use, known.get(use.target) ?? new Set(declared.of(use.target).keys()));
  }
}

function reportDangling(
  { findings }: ObjectFile,
  { target, name, field, at }: ObjectFile["uses"][number],
  known: ReadonlySet<string>,
): void {
  if (known.has(name)) return;
  findings.report(problems.danglingReference, at, field, target, name, findings.nearest(name, known));
}
