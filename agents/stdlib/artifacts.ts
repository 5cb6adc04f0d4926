/** `|U.Artifact.` Bytes that are kept with an execution. */
import { type CanonicalValue, canonicalJson } from "@polyglot/contracts";
import { define, Refused } from "./given.ts";
import type { LibraryFunction } from "./library-function.ts";
import { wordOf } from "./tagged.ts";

function bytesOf(content: CanonicalValue): Uint8Array {
  const encoded = wordOf(content, "$bytes");
  if (encoded !== undefined) return Buffer.from(encoded, "base64");
  return Buffer.from(typeof content === "string" ? content : canonicalJson(content), "utf8");
}

export const artifacts: Readonly<Record<string, LibraryFunction>> = {
  "U.Artifact.Put": define("name, content", async (given) => {
    await given.context.controller.putArtifact(given.text("name"), bytesOf(given.any("content")));
    return undefined;
  }),
  "U.Artifact.Get": define("name, execution_id", async (given) => {
    const name = given.text("name");
    const executionId = given.has("execution_id") ? given.text("execution_id") : undefined;
    const content = await given.context.controller.getArtifact(name, executionId);
    const whose = executionId === undefined ? "this execution" : `execution ${executionId}, of this namespace,`;
    if (content === undefined) throw new Refused("FileError", `${whose} keeps no artifact '${name}'`);
    return { $bytes: Buffer.from(content.buffer, content.byteOffset, content.byteLength).toString("base64") };
  }),
};
