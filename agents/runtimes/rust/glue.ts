/** The text that makes a module of a user's crate: an entry for each function that plans call. */
import { type Signature } from "@polyglot/contracts";
import { BuildFailure } from "../compiled/builds.ts";
import type { ModuleFunction, ModuleSource } from "../language.ts";

export function glueOf({ functions }: ModuleSource): string {
  return [
    "#![allow(unused_imports, unused_mut)]",
    '#[path = "support.rs"]',
    "#[allow(dead_code)]",
    "mod polyglot;",
    "use polyglot::{Call, Entry, Fitted, ResultWithDebug, ResultWithDisplay, Returned, Value};",
    "use std::collections::{BTreeMap, HashMap};",
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
  const path = `user::${name.replaceAll(".", "::")}`;
  const given = signature.parameters.map((parameter, at) => (isText(parameter) ? `&argument_${at}` : `argument_${at}`));
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
const isText = (parameter: Parameter): boolean => nameOf(parameter) === "&str";
const ownedType = (parameter: Parameter): string => (isText(parameter) ? "String" : nameOf(parameter));
