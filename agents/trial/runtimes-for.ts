/** The runtimes that a trial may count on: those of this host, and those of which it calls nothing but stubs. */
import {
  type CallStep,
  callsOf,
  type NativeLanguage,
  type Plan,
  type StubTarget,
  type Trial,
} from "@polyglot/contracts";
import type { FoundRuntime } from "../runtimes/native-call.ts";
import { isFor } from "./stubs.ts";

const names = { py: "python", js: "node", rust: "rust", cpp: "cpp" } as const satisfies Record<
  NativeLanguage,
  FoundRuntime["name"]
>;

export function runtimesFor({ plan, stubs }: Trial, found: readonly FoundRuntime[]): readonly FoundRuntime[] {
  const isReal = ({ node, target }: CallStep) => !stubs.some((stub) => isFor(inItsBody(stub.target), node, target));
  const calls = [plan, ...Object.values(plan.callees)].flatMap(callsOf).filter(isReal);
  const called = new Set(calls.flatMap(({ target }) => (target.kind === "native" ? [target.lang] : [])));
  const languages = (Object.keys(names) as NativeLanguage[]).filter((language) => !called.has(language));
  return [
    ...found,
    ...languages.flatMap((language) => versionsOf(plan, language).map((version) => stood(language, version))),
  ];
}

/** Without the calls that led to the step: a plan holds each body once. */
const inItsBody = (stub: StubTarget): StubTarget =>
  "node" in stub ? { node: stub.node.slice(stub.node.lastIndexOf("/") + 1) } : stub;

function versionsOf(plan: Plan, language: NativeLanguage): string[] {
  return [plan, ...Object.values(plan.callees)].map(({ runtimes }) => runtimes[language] ?? "0");
}

const stood = (language: NativeLanguage, version: string): FoundRuntime => ({
  name: names[language],
  version,
  path: "",
  usable: true,
});
