/** What a call names: native code, a pipeline or the library. */
import { problems } from "../diagnose/catalogue.ts";
import type { CallNode } from "../syntax/tree.ts";
import { type CheckedCall, skipCall } from "./checked-call.ts";
import type { CheckContext } from "./context.ts";
import { checkLibraryCall, type Use } from "./library-call.ts";
import { resolveCall } from "./names.ts";
import { checkNativeCall } from "./native-call.ts";
import { checkPipelineCall } from "./pipeline-call.ts";

/** Undefined after a finding; the names that the call binds are bound all the same. */
export function checkCall(node: CallNode, context: CheckContext, use: Use = "step"): CheckedCall | undefined {
  const callee = resolveCall(node, context.file);
  switch (callee?.kind) {
    case "native":
      return checkNativeCall(node, callee.imported, callee.function, context);
    case "pipeline":
      return checkPipelineCall(node, callee.declaration, context);
    case "library":
      return checkLibraryCall(node, callee.entry, use, context);
    case "macro":
      context.findings.report(problems.isWrapper, node.name, node.name.text);
      return skipCall(node, context);
    case undefined:
      return skipCall(node, context);
  }
}
