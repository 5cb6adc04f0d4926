import type { RaisedError } from "./native-call.ts";

/** An error of Polyglot's own, which a handler of `pg\!<name>` takes. */
export function polyglotError(name: string, message: string): RaisedError {
  return { type: `pg\\!${name}`, lineage: [name], message, trace: "" };
}

export function conversionError(misfit: { readonly path: string; readonly message: string }): RaisedError {
  return polyglotError("ConversionError", `${misfit.path}: ${misfit.message}`);
}
