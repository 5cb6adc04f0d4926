/** The branches that the lines of one block have forked, and which names belong to them until they are joined. */
import type { Span } from "../source/source-file.ts";

export interface Branch {
  readonly node: string;
  readonly label: string;
  readonly at: Span;
  /** `[b]`: never joined. */
  readonly isBackground: boolean;
  readonly names: Set<string>;
  /** Type of its first result, where it has one. */
  firstType?: string;
}

export class BranchBlock {
  /** In the order of the text; a joined branch is taken out. */
  readonly open = new Set<Branch>();
  /** The branch whose line is being checked: it may read what earlier ones bind. */
  current: Branch | undefined;
  readonly #owners = new Map<string, Branch>();
  /** How many open branches have a label. */
  readonly #labels = new Map<string, number>();

  add(branch: Branch): void {
    this.open.add(branch);
    this.#labels.set(branch.label, (this.#labels.get(branch.label) ?? 0) + 1);
  }

  hasLabel(label: string): boolean {
    return (this.#labels.get(label) ?? 0) > 0;
  }

  owner(name: string): Branch | undefined {
    return this.#owners.get(name);
  }

  own(name: string, branch: Branch): void {
    branch.names.add(name);
    this.#owners.set(name, branch);
  }

  join(branch: Branch): void {
    if (this.open.delete(branch)) this.#labels.set(branch.label, (this.#labels.get(branch.label) ?? 1) - 1);
    for (const name of branch.names) if (this.#owners.get(name) === branch) this.#owners.delete(name);
  }

  /** What `[b]` branches bind stays theirs when the block ends. */
  backgroundOwners(): [string, Branch][] {
    return [...this.#owners].filter(([, branch]) => branch.isBackground);
  }
}
