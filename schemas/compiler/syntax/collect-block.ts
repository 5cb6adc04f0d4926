/** The lines of one block, by phase, with what stands in the wrong order. */
import { problems } from "../diagnose/catalogue.ts";
import type { Findings } from "../diagnose/findings.ts";
import { type ElementKind, elementText } from "./element.ts";
import type { BlockNode, EnumMember, EnumNode, MacroNode, PipelineNode } from "./file-tree.ts";
import type { BodyKind, BodyOf, LineNode, Name } from "./tree.ts";

export function collectBlock(head: LineNode, lines: readonly LineNode[], findings: Findings): BlockNode | undefined {
  if (head.body?.kind !== "name") return undefined;
  const block = { name: head.body.name, head: head.head, start: head.start, end: lines.at(-1)?.end ?? head.end };
  if (head.element === "pipeline") return { kind: "pipeline", ...block, ...collectPipeline(lines, findings) };
  if (head.element === "macro") return { kind: "macro", ...block, ...collectMacro(head.body.name, lines, findings) };
  return { kind: "enum", ...block, members: collectMembers(head.body.name, lines, findings) };
}

const phases = ["imports", "inputs", "triggers", "queue", "wraps", "setup", "run", "clean", "outputs"] as const;
type Phase = (typeof phases)[number];

const phaseOf: Partial<Record<ElementKind, Phase>> = {
  import: "imports",
  input: "inputs",
  trigger: "triggers",
  queue: "queue",
  wrap: "wraps",
  setup: "setup",
  run: "run",
  fork: "run",
  back: "run",
  join: "run",
  switch: "run",
  exit: "run",
  clean: "clean",
  output: "outputs",
};

const placeOf: Record<Phase, string> = {
  imports: "right after [|]",
  inputs: "before [t]",
  triggers: "after [i] and before [Q]",
  queue: "after [t] and before [w]",
  wraps: "after [Q] and before the steps",
  setup: "before the run phase",
  run: "after [\\] and before [/]",
  clean: "after the run phase and before [o]",
  outputs: "last, before [x]",
};

class PhaseCollector {
  readonly lines: Record<Phase, LineNode[]> = {
    imports: [],
    inputs: [],
    triggers: [],
    queue: [],
    wraps: [],
    setup: [],
    run: [],
    clean: [],
    outputs: [],
  };
  readonly #findings: Findings;
  #latest: Phase = "imports";
  #latestLine: LineNode | undefined;

  constructor(findings: Findings) {
    this.#findings = findings;
  }

  add(line: LineNode): void {
    const phase = line.element === "error" ? this.#handlerPhase() : phaseOf[line.element];
    if (phase === undefined) return this.#outOfPlace(line);
    this.lines[phase].push(line);
    if (phases.indexOf(phase) < phases.indexOf(this.#latest)) return this.#wrongOrder(line, phase);
    this.#latest = phase;
    this.#latestLine = line;
  }

  /** `[!]` may follow its step in any phase; elsewhere it lands in the run phase, where it is found to handle nothing. */
  #handlerPhase(): Phase {
    return this.#latest === "setup" || this.#latest === "clean" ? this.#latest : "run";
  }

  #wrongOrder(line: LineNode, phase: Phase): void {
    const after = this.#latestLine === undefined ? "the line before" : elementText(this.#latestLine.element);
    this.#findings.report(problems.wrongOrder, line.head, elementText(line.element), after, placeOf[phase]);
  }

  #outOfPlace(line: LineNode): void {
    if (line.element === "inject") this.#findings.report(problems.injectOutside, line.head);
    else this.#findings.report(problems.onlyUnder, line.head, elementText(line.element), "outside of a pipeline");
  }
}

type PipelinePhases = Omit<PipelineNode, "kind" | "name" | "head" | "start" | "end">;

function collectPipeline(lines: readonly LineNode[], findings: Findings): PipelinePhases {
  const collector = new PhaseCollector(findings);
  for (const line of lines) collector.add(line);
  const { imports, inputs, ...phasesOfSteps } = collector.lines;
  return {
    ...phasesOfSteps,
    imports: bodiesOf(imports, "import", findings),
    inputs: bodiesOf(inputs, "declaration", findings),
    recovered: inputs.flatMap((line) => line.recovered),
    inError: lines.some((line) => line.inError),
  };
}

/** `[i] None` declares nothing. */
function bodiesOf<Kind extends BodyKind>(lines: readonly LineNode[], kind: Kind, findings: Findings): BodyOf<Kind>[] {
  const bodies: BodyOf<Kind>[] = [];
  for (const line of lines) {
    if (line.body?.kind === kind) bodies.push(line.body as BodyOf<Kind>);
    else if (line.body?.kind === "namespace") findings.report(problems.namespaceTwice, line.head);
  }
  return bodies;
}

const macroElements: ReadonlySet<ElementKind> = new Set(["input", "setup", "inject", "clean", "output", "error"]);

function collectMacro(
  name: Name,
  lines: readonly LineNode[],
  findings: Findings,
): Omit<MacroNode, "kind" | "name" | "head" | "start" | "end"> {
  for (const line of lines) {
    if (!macroElements.has(line.element)) findings.report(problems.notInMacro, line.head, elementText(line.element));
  }
  const injects = lines.filter((line) => line.element === "inject");
  if (injects.length !== 1) findings.report(problems.injectOnce, injects[1]?.head ?? name, name.text);
  const inject = injects[0];
  const collector = new PhaseCollector(findings);
  for (const line of lines) {
    if (!macroElements.has(line.element) || line.element === "inject") continue;
    checkSide(line, inject, findings);
    collector.add(line);
  }
  const { inputs, setup, clean, outputs } = collector.lines;
  const recovered = inputs.flatMap((line) => line.recovered);
  return { inputs: bodiesOf(inputs, "declaration", findings), recovered, setup, clean, outputs };
}

/** Inputs and setup stand before `[v]`, cleanup and outputs after it. */
function checkSide(line: LineNode, inject: LineNode | undefined, findings: Findings): void {
  if (inject === undefined || line.element === "error") return;
  const belongsBefore = line.element === "input" || line.element === "setup";
  if (belongsBefore === line.start < inject.start) return;
  const [wrong, right] = belongsBefore ? ["after", "before"] : ["before", "after"];
  const element = elementText(line.element);
  findings.report(problems.onlyUnder, line.head, `${element} ${wrong} [v]`, `${right} [v]`);
}

function collectMembers({ text }: Name, lines: readonly LineNode[], findings: Findings): EnumNode["members"] {
  const members: EnumMember[] = [];
  for (const line of lines) {
    if (line.inError) continue;
    if (line.element === "define" && line.body?.kind === "name") {
      members.push({ name: line.body.name, settings: line.children });
      const [stray] = text === "Queue" ? [] : line.children;
      if (stray !== undefined) {
        findings.report(problems.notUnder, stray.head, elementText(stray.element), `a member of [#] ${text}`);
      }
    } else findings.report(problems.onlyUnder, line.head, elementText(line.element), "outside of [#]");
  }
  return members;
}
