import type { CompileInput } from "../compile-result.ts";

/** `git+https://example.com/x.git@v1/lib.pg` is the file `lib.pg` of that repository. */
export function toCompileInput(all: Iterable<readonly [string, Uint8Array]>): CompileInput {
  const files = new Map<string, Uint8Array>();
  const imported = new Map<string, Map<string, Uint8Array>>();
  for (const [path, content] of all) {
    const [, key, inner] = /^(git\+.*@[^/@]+)\/(.*)$/.exec(path) ?? [];
    if (key === undefined || inner === undefined) files.set(path, content);
    else imported.set(key, (imported.get(key) ?? new Map<string, Uint8Array>()).set(inner, content));
  }
  return { files, imported };
}
