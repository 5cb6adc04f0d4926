/** What the checks of one pipeline share. */
import type { OutputValue, SourcePosition } from "@polyglot/contracts";
import type { Findings } from "../diagnose/findings.ts";
import type { Span } from "../source/source-file.ts";
import type { NativeModules } from "../signatures/native-modules.ts";
import { Dependencies } from "./dependencies.ts";
import type { FileScope, MacroDeclaration, Namespace, PipelineDeclaration } from "./file-scope.ts";
import type { CheckedMacro } from "./macro.ts";
import type { RepeatedLines } from "./repeated-lines.ts";
import { Scope } from "./scope.ts";

export interface NamedType {
  readonly name: string;
  readonly type: string;
}

/** What a caller sees of a pipeline. */
export interface PipelineInterface {
  readonly inputs: readonly (NamedType & { readonly isOptional: boolean; readonly takesNone: boolean })[];
  readonly outputs: readonly NamedType[];
}

/** A place that depends on a pipeline or macro, perhaps of another file: looked at when all files are checked. */
export interface CheckedUse {
  readonly at: Span;
  readonly declaration: PipelineDeclaration | MacroDeclaration;
}

/** What every pipeline of one compile is checked against. */
export interface Surroundings {
  readonly natives: NativeModules;
  readonly queues: ReadonlySet<string>;
  /** All that is compiled together, by name. */
  readonly spaces: ReadonlyMap<string, Namespace>;
  readonly interfaceOf: (declaration: PipelineDeclaration) => PipelineInterface;
  readonly macroOf: (declaration: MacroDeclaration) => CheckedMacro;
  readonly repeated: RepeatedLines;
}

export class CheckContext {
  readonly file: FileScope;
  readonly natives: NativeModules;
  /** Members of #Queue that anything compiled here declares. */
  readonly queues: ReadonlySet<string>;
  readonly spaces: Surroundings["spaces"];
  readonly interfaceOf: Surroundings["interfaceOf"];
  readonly macroOf: Surroundings["macroOf"];
  readonly repeated: RepeatedLines;
  /** Of the pipeline, or of the inline branch that is being checked. */
  scope = Scope.ofPipeline();
  /** Names that nested `[o]` lines of the pipeline or inline branch give. */
  nestedOutputs = new Map<string, OutputValue>();
  /** Within `[b]`, which gives nothing back. */
  isInBackground = false;
  /** Within the run phase of a pipeline, handlers included: what another attempt can go on in. */
  isInRunPhase = false;
  /** Within `[!]`, where a retry runs the failed step again. */
  isInHandler = false;
  readonly dependencies = new Dependencies();
  readonly positions: Record<string, SourcePosition> = {};
  readonly uses: CheckedUse[] = [];
  readonly unimplemented = new Set<string>();

  constructor(file: FileScope, { natives, queues, spaces, interfaceOf, macroOf, repeated }: Surroundings) {
    this.file = file;
    this.natives = natives;
    this.queues = queues;
    this.spaces = spaces;
    this.interfaceOf = interfaceOf;
    this.macroOf = macroOf;
    this.repeated = repeated;
  }

  get findings(): Findings {
    return this.file.findings;
  }

  /** Remembers where a node of the plan stands. */
  place(node: string, at: Span): void {
    this.positions[node] = { file: this.file.path, ...this.file.source.position(at.start) };
  }
}
