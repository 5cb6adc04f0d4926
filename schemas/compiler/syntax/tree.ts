/** The syntax tree: what a file says, before any name is resolved. Every node knows its place. */
import type { Span } from "../source/source-file.ts";
import type { ElementKind } from "./element.ts";

export interface Name extends Span {
  readonly text: string;
}

/** A type as written, without white space: `pg\int`. `unknown` where it could not be read. */
export interface TypeNode extends Span {
  readonly text: string;
}

/** `@Alias` or `@full.name>Space` before a `|` or `#`. */
export type Reference = Name;

export interface VariableNode extends Span {
  readonly kind: "variable";
  readonly name: string;
  readonly path: readonly string[];
}

export type ValueNode =
  | (Span & { readonly kind: "string"; readonly parts: readonly (string | VariableNode)[] })
  | (Span & { readonly kind: "int"; readonly value: bigint })
  | (Span & { readonly kind: "float"; readonly value: number })
  | (Span & { readonly kind: "bool"; readonly value: boolean })
  | (Span & { readonly kind: "none" })
  | (Span & { readonly kind: "datetime"; readonly value: string })
  | (Span & { readonly kind: "duration"; readonly months: number; readonly seconds: number })
  | (Span & { readonly kind: "enum"; readonly space?: Reference; readonly name: string; readonly member: string })
  | (Span & { readonly kind: "list"; readonly items: readonly ValueNode[] })
  | (Span & { readonly kind: "map"; readonly entries: readonly MapEntry[] })
  | VariableNode;

export interface MapEntry {
  readonly key: Name;
  readonly value: ValueNode;
}

export type IoNode =
  /** `<< value`, `<< name: value`, or `<< name: type`, where `as` states the variable's type. */
  | (Span & { readonly kind: "argument"; readonly name?: Name; readonly value: ValueNode; readonly as?: TypeNode })
  /** `>> name [: type]`; without name it is `>> None`, a result that is not kept. */
  | (Span & { readonly kind: "result"; readonly name?: Name; readonly type?: TypeNode })
  | (Span & { readonly kind: "after"; readonly label: Name });

export interface CallNode extends Span {
  readonly kind: "call";
  readonly space?: Reference;
  readonly name: Name;
  readonly io: readonly IoNode[];
}

export interface AssignNode extends Span {
  readonly kind: "assign";
  readonly name: Name;
  readonly type?: TypeNode;
  readonly value: ValueNode;
}

export type ImportTarget =
  | (Span & { readonly kind: "namespace"; readonly name: string })
  | (Span & { readonly kind: "path"; readonly path: string })
  | (Span & { readonly kind: "native"; readonly lang: "py" | "js" | "rust" | "cpp"; readonly path: string });

export type BodyNode =
  | CallNode
  | AssignNode
  | (Span & { readonly kind: "none" })
  | (Span & { readonly kind: "namespace"; readonly name: Name; readonly part?: number })
  | (Span & { readonly kind: "import"; readonly alias?: Name; readonly target: ImportTarget })
  | (Span & { readonly kind: "alias"; readonly of: TypeNode; readonly lang: string; readonly name: Name })
  | (Span & { readonly kind: "name"; readonly name: Name })
  | (Span & {
      readonly kind: "declaration";
      readonly name: Name;
      readonly type: TypeNode;
      readonly isDefault: boolean;
      readonly value?: ValueNode;
    })
  | (Span & { readonly kind: "compare"; readonly left: ValueNode; readonly right: ValueNode | "default" })
  | (Span & { readonly kind: "catch"; readonly error: Name; readonly name?: Name })
  | (Span & { readonly kind: "output"; readonly name: Name; readonly type?: TypeNode; readonly value?: ValueNode });

export type BodyKind = BodyNode["kind"];
export type BodyOf<Kind extends BodyKind> = Extract<BodyNode, { kind: Kind }>;

export interface LineNode extends Span {
  readonly element: ElementKind;
  readonly depth: number;
  readonly head: Span;
  /** Absent where the element takes none, or where it is in error. */
  readonly body?: BodyNode;
  readonly inError: boolean;
  /** Names after `>>` of a line in error: bound with unknown type, so that they cause no further errors. */
  readonly recovered: readonly Name[];
  readonly children: readonly LineNode[];
}
