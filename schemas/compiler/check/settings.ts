/** `[Q]` lines to the queue configuration. */
import {
  type CanonicalValue,
  defaults,
  type QueueConfiguration,
  type RetryStrategy,
  retryStrategies,
} from "@polyglot/contracts";
import { problems } from "../diagnose/catalogue.ts";
import type { Span } from "../source/source-file.ts";
import { findLibraryEntry } from "../stdlib/registry.ts";
import type { CallNode, LineNode } from "../syntax/tree.ts";
import { noteLibraryUse } from "./library-call.ts";
import type { CheckContext } from "./context.ts";
import { reportUnknownLibraryName } from "./library-name.ts";
import { constantArguments } from "./constant-arguments.ts";

export function checkSettings(lines: readonly LineNode[], context: CheckContext): QueueConfiguration {
  const configuration: QueueConfiguration = { queue: defaults.queue };
  const seen = new Set<string>();
  for (const line of lines) {
    if (line.body?.kind === "call") checkSetting(line.body, configuration, seen, context);
  }
  return configuration;
}

function checkSetting(
  node: CallNode,
  configuration: QueueConfiguration,
  seen: Set<string>,
  context: CheckContext,
): void {
  const entry = node.space === undefined ? findLibraryEntry(node.name.text) : undefined;
  if (entry === undefined) return reportUnknownLibraryName(node, "[Q]", "|Q.…", context);
  if (entry.kind !== "setting") {
    return context.findings.report(problems.wrongCall, node.name, "[Q]", "|Q.…", node.name.text);
  }
  if (seen.has(entry.name)) context.findings.report(problems.duplicateSetting, node.name, node.name.text);
  seen.add(entry.name);
  noteLibraryUse(node, entry, context);
  const [value] = Object.values(constantArguments(node, entry, context));
  const apply = applyByName[entry.name];
  if (value !== undefined && apply !== undefined) apply(configuration, value, { at: node, context });
}

interface Place {
  readonly at: Span;
  readonly context: CheckContext;
}

type Apply = (configuration: QueueConfiguration, value: CanonicalValue, place: Place) => void;

/** Settings that the plan carries, by their canonical name. */
const applyByName: Readonly<Record<string, Apply>> = {
  "Q.ToQueue": (configuration, value, place) => {
    const queue = memberOf(value, "Queue", place);
    if (queue !== undefined) configuration.queue = queue;
  },
  "Q.Priority": (configuration, value) => {
    if (typeof value === "number") configuration.priority = value;
  },
  "Q.Retry.MaxAttempts": (configuration, value, place) => {
    if (typeof value !== "number" || value < 1) return wrongValue("the number of attempts", "at least 1", value, place);
    configuration.retry = { ...configuration.retry, max_attempts: value };
  },
  "Q.Retry.Strategy": (configuration, value, place) => {
    const strategy = memberOf(value, "RetryStrategy", place)?.toLowerCase();
    const isKnown = (retryStrategies as readonly (string | undefined)[]).includes(strategy);
    if (isKnown) configuration.retry = { ...configuration.retry, strategy: strategy as RetryStrategy };
  },
  "Q.Retry.BackoffBase": (configuration, value, place) => {
    const seconds = secondsOf(value, "the wait", place);
    if (seconds !== undefined) configuration.retry = { ...configuration.retry, base_seconds: seconds };
  },
  "Q.Retry.BackoffMax": (configuration, value, place) => {
    const seconds = secondsOf(value, "the wait", place);
    if (seconds !== undefined) configuration.retry = { ...configuration.retry, max_seconds: seconds };
  },
  "Q.Kill.GracePeriod": (configuration, value, place) => {
    const seconds = secondsOf(value, "the grace period", place);
    if (seconds !== undefined) configuration.kill = { ...configuration.kill, grace_seconds: seconds };
  },
  "Q.Kill.Timeout.Execution": (configuration, value, place) => {
    const seconds = secondsOf(value, "the timeout", place);
    if (seconds !== undefined) configuration.kill = { ...configuration.kill, timeout_seconds: seconds };
  },
};

function wrongValue(what: string, allowed: string, value: CanonicalValue, { at, context }: Place): void {
  context.findings.report(problems.wrongValue, at, what, allowed, JSON.stringify(value));
}

function memberOf(value: CanonicalValue, name: string, place: Place): string | undefined {
  const member = value !== null && typeof value === "object" && "$enum" in value ? value.$enum : undefined;
  const prefix = `#${name}.`;
  if (typeof member === "string" && member.startsWith(prefix)) return member.slice(prefix.length);
  wrongValue("the value", `a member of #${name}`, value, place);
  return undefined;
}

/** A calendar month has no fixed number of seconds. */
function secondsOf(value: CanonicalValue, what: string, place: Place): number | undefined {
  const duration = value !== null && typeof value === "object" && "$duration" in value ? value.$duration : undefined;
  const parts = duration as { months: number; seconds: number } | undefined;
  if (parts !== undefined && parts.months === 0 && parts.seconds > 0) return parts.seconds;
  wrongValue(what, 'a duration longer than zero without months or years, such as T"30:"', value, place);
  return undefined;
}
