/** The kinds that YAML files declare. One entry here is one published schema. */
import { gitRepository } from "./git-repository.ts";

export * from "./git-repository.ts";
export * from "./metadata.ts";

export const declaredKinds = { GitRepository: gitRepository } as const;
export type DeclaredKind = keyof typeof declaredKinds;
