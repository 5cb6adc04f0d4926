/** The compiler: text in, plans and diagnostics out. It knows no files, no network, no clock and no environment. */
export type {
  CompiledPipeline,
  CompileInput,
  Compiler,
  CompileResult,
  DeclaredObject,
  FileInError,
} from "./compile-result.ts";
export { createCompiler } from "./compiler.ts";
export { type Diagnostic, formatDiagnostic, type Severity } from "./diagnose/diagnostic.ts";
