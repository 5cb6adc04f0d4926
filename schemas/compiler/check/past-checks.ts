/** Checks of earlier rounds, kept by the lines that they were of: a pipeline whose surroundings say the same is not checked again. */
import type { Recorded } from "../diagnose/findings.ts";
import type { PipelineNode } from "../syntax/file-tree.ts";
import type { CheckedUse, Surroundings } from "./context.ts";
import type { FileScope, MacroDeclaration, PipelineDeclaration } from "./file-scope.ts";
import { answerOf, type Lookup, type Query, viewOf } from "./lookups.ts";
import { type CheckedPipeline, checkPipeline } from "./pipeline.ts";

interface PastCheck {
  readonly view: string;
  readonly lookups: readonly Lookup[];
  readonly recorded: Recorded;
  readonly checked: CheckedPipeline;
}

export class PastChecks {
  readonly #byNode = new WeakMap<PipelineNode, PastCheck>();

  check(declaration: PipelineDeclaration, file: FileScope, surroundings: Surroundings): CheckedPipeline {
    return this.#reuse(declaration, file, surroundings) ?? this.#checkAnew(declaration, file, surroundings);
  }

  /** Undefined where something differs. */
  #reuse(declaration: PipelineDeclaration, file: FileScope, surroundings: Surroundings): CheckedPipeline | undefined {
    const past = this.#byNode.get(declaration.node);
    if (past === undefined || past.view !== viewOf(file)) return undefined;
    const isSame = past.lookups.every(({ query, answer }) => answerOf(query, file, surroundings) === answer);
    const uses = isSame ? renewed(past.checked.uses, surroundings) : undefined;
    if (uses === undefined) return undefined;
    file.findings.replay(past.recorded);
    return { ...past.checked, declaration, uses };
  }

  #checkAnew(declaration: PipelineDeclaration, file: FileScope, surroundings: Surroundings): CheckedPipeline {
    const queries: Query[] = [];
    const traced: FileScope = { ...file, queries };
    const { result, recorded } = file.findings.record(() => checkPipeline(declaration, traced, surroundings));
    // Hints are given to the first findings of a file only: which those are is not this pipeline's to say.
    if (recorded.hints > 0) this.#byNode.delete(declaration.node);
    else {
      const lookups = queries.map((query) => ({ query, answer: answerOf(query, file, surroundings) }));
      this.#byNode.set(declaration.node, { view: viewOf(file), lookups, recorded, checked: result });
    }
    return result;
  }
}

/** The same uses of what stands under the same names now. */
function renewed(uses: readonly CheckedUse[], { spaces }: Surroundings): CheckedUse[] | undefined {
  const now: CheckedUse[] = [];
  for (const { at, declaration } of uses) {
    const found = renew(declaration, spaces);
    if (found === undefined) return undefined;
    now.push({ at, declaration: found });
  }
  return now;
}

function renew(
  { file, node }: PipelineDeclaration | MacroDeclaration,
  spaces: Surroundings["spaces"],
): PipelineDeclaration | MacroDeclaration | undefined {
  const space = spaces.get(file.space?.name ?? "");
  return node.kind === "pipeline" ? space?.pipelines.get(node.name.text) : space?.macros.get(node.name.text);
}
