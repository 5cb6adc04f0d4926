/** How a test names the steps of a pipeline: as its text does (`@Clean|load`, `|U.Log.Info`), or by node (`run.1`). */
import { posix } from "node:path";
import { findLibraryEntry, parse } from "@polyglot/compiler";
import { callsOf, type Plan, type StubTarget, stubTargetOf } from "@polyglot/contracts";
import { nearest } from "../client/nearest.ts";

export type Named =
  | { readonly kind: "target"; readonly target: StubTarget }
  | { readonly kind: "unknown"; readonly message: string };

/** Names of native code by its path in the bundle, or by its module. */
type Aliases = ReadonlyMap<string, string>;

const pathTo = /^run\.|^setup\.|^clean\.|\//;

export class CallNames {
  readonly #plan: Plan;
  readonly #aliases: Aliases;

  constructor(plan: Plan, file: string, source: Uint8Array) {
    this.#plan = plan;
    this.#aliases = aliasesOf(file, source);
  }

  /** What a word of a test stands for, where a step of the plan, or of a pipeline that it calls, has that name. */
  find(word: string): Named {
    const matches = distinct(this.#targets().filter((target) => this.#isNamed(target, word)));
    const [only, other] = matches;
    if (only !== undefined && other === undefined) return { kind: "target", target: only };
    if (only !== undefined) {
      const spelled = matches.map((target) => `'${this.spell(target)}'`).join(" and ");
      return { kind: "unknown", message: `'${word}' is the name of several: ${spelled}` };
    }
    if (pathTo.test(word)) return { kind: "target", target: { node: word } };
    const names = distinct(this.#targets()).map((target) => this.spell(target));
    const near = nearest(word, names);
    const hint = near === undefined ? `; its steps call ${names.join(", ") || "nothing"}` : `; did you mean '${near}'?`;
    return { kind: "unknown", message: `no step calls '${word}'${hint}` };
  }

  /** As the text names it. */
  spell(target: StubTarget): string {
    if ("node" in target) return target.node;
    if ("library" in target) return `|${target.library}`;
    if ("pipeline" in target) return `|${target.pipeline.slice(target.pipeline.indexOf("#") + 1)}`;
    const alias = [...this.#aliases].find(([, path]) => path === target.path)?.[0];
    return alias === undefined ? `|${target.function}` : `@${alias}|${target.function}`;
  }

  #isNamed(target: StubTarget, word: string): boolean {
    const [alias, name = ""] = word.startsWith("@") ? word.slice(1).split("|") : [undefined, word.replace(/^\|/, "")];
    if ("node" in target) return false;
    if ("library" in target) return alias === undefined && (findLibraryEntry(name)?.name ?? name) === target.library;
    if ("pipeline" in target) return target.pipeline === name || target.pipeline.endsWith(`#${name}`);
    return target.function === name && (alias === undefined || this.#aliases.get(alias) === target.path);
  }

  #targets(): StubTarget[] {
    const { callees } = this.#plan;
    return [this.#plan, ...Object.values(callees)].flatMap(callsOf).map(({ target }) => stubTargetOf(target));
  }
}

const distinct = (targets: readonly StubTarget[]): StubTarget[] => [
  ...new Map(targets.map((target) => [JSON.stringify(target), target])).values(),
];

function aliasesOf(file: string, source: Uint8Array): Aliases {
  const { imports } = parse(file, source).tree;
  const aliases = new Map<string, string>();
  for (const { alias, target } of imports) {
    if (alias === undefined || target.kind !== "native") continue;
    const { path } = target;
    aliases.set(alias.text, path.startsWith(".") ? posix.join(posix.dirname(file), path) : path);
  }
  return aliases;
}
