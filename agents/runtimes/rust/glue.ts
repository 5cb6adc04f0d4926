/** The text that makes a module of a user's crate: an entry for each function that plans call. */
import { type Signature } from "@polyglot/contracts";
import { BuildFailure } from "../compiled/builds.ts";
import type { ModuleFunction, ModuleSource } from "../language.ts";

export function glueOf({ functions }: ModuleSource): string {
  return [
    "#![allow(unused_imports, unused_mut)]",
    '#[path = "support/mod.rs"]',
    "#[allow(dead_code)]",
    "mod polyglot;",
    "use polyglot::{Call, Entry, Fitted, ResultWithDebug, ResultWithDisplay, Returned, Value};",
    "use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};",
    ...functions.map(functionOf),
    "static ENTRIES: &[Entry] = &[",
    ...functions.map(
      ({ name, signature }, index) =>
        `    Entry(${JSON.stringify(name)}, ${signature?.parameters.length ?? 0}, function_${index}),`,
    ),
    "];",
    ending,
  ].join("\n");
}

const ending = `#[no_mangle]
pub unsafe extern "C" fn polyglot_call(body: *const u8, size: usize, answer: *mut polyglot::Answer) {
    polyglot::run_call(ENTRIES, body, size, answer)
}
#[no_mangle]
pub unsafe extern "C" fn polyglot_release(answer: *mut polyglot::Answer) {
    polyglot::release(answer)
}
`;

function functionOf({ name, signature }: ModuleFunction, index: number): string {
  if (signature === undefined) {
    throw new BuildFailure(`the parameters of ${name} cannot be read from its text: give it plain types, or wrap it`);
  }
  // As raw identifiers: a function may be named like a keyword.
  const path = ["user", ...name.split(".").map((part) => `r#${part}`)].join("::");
  const given = signature.parameters.map((parameter, at) => `${isReference(parameter) ? "&" : ""}argument_${at}`);
  return [
    `fn function_${index}(call: &mut Call) -> Fitted<()> {`,
    ...signature.parameters.map(
      (parameter, at) => `    let argument_${at}: ${ownedType(parameter)} = call.argument()?;`,
    ),
    `    let returned = Returned::new(${path}(${given.join(", ")}));`,
    "    (&&&returned).finish(call)",
    "}",
  ].join("\n");
}

type Parameter = Signature["parameters"][number];

const nameOf = ({ type }: Parameter): string => (type ?? "").replace(/^rust\\/, "");
const isReference = (parameter: Parameter): boolean => nameOf(parameter).startsWith("&");

/** What is kept of an argument while its function runs: what a reference leads to. */
function ownedType(parameter: Parameter): string {
  const name = nameOf(parameter).replace(/^&/, "");
  if (name === "str") return "String";
  return isReference(parameter) ? name.replace(/^\[(.*)\]$/s, "polyglot::Slice<$1>") : name;
}
