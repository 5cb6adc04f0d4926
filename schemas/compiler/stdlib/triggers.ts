import { conditionOptionNames, eventOptionNames } from "@polyglot/contracts";
import { entry, type LibraryEntry } from "./entry.ts";

type File = "Created" | "Modified" | "Deleted" | "Changed";

const fileFields = "file_path: string, event: string, size: int, modified_at: datetime, timestamp: datetime";

function fileTrigger(event: File, doc: string): LibraryEntry {
  return entry("event", `T.System.File.${event}`, {
    aliases: [`T.File${event}`],
    takes: "path: string",
    gives: fileFields,
    hasMainValue: true,
    doc,
    since: "0.1.0",
  });
}

interface Open {
  readonly aliases?: readonly string[];
  readonly takes?: string;
  readonly gives?: string;
  readonly hasMainValue?: boolean;
}

function openEvent(name: string, doc: string, options: Open = {}): LibraryEntry {
  return entry("event", name, { ...options, doc, since: null });
}

const scheduleOptions = "timezone?: string, catch_up?: string, jitter?: duration";

function schedule(name: string, doc: string, takes: string, aliases: readonly string[] = []): LibraryEntry {
  const gives = "scheduled_at: datetime, timestamp: datetime, missed: int";
  return entry("event", name, { aliases, takes: `${takes}, ${scheduleOptions}`, gives, doc, since: "0.1.0" });
}

const messageOptions = "connection?: string, prefetch?: int, content_type?: string, schema?: any, dead_letter?: string";

function message(name: string, doc: string, place: string, identity: string, options = ""): LibraryEntry {
  const gives = `body: any, headers: dict, key: string, ${identity}, redelivered: bool, timestamp: datetime`;
  const takes = `${place}: string, ${messageOptions}${options}`;
  return entry("event", `T.Message.${name}`, { takes, gives, hasMainValue: true, doc, since: "0.1.0" });
}

/** Of brokers that keep messages, and where each group has got to. */
const groupOptions = ", group?: string, from?: string";

interface Condition {
  readonly aliases?: readonly string[];
  readonly takes?: string;
  /** A `[?]` line may ask for it. */
  readonly isTested?: boolean;
}

function metric(name: string, doc: string, condition: Condition = {}): LibraryEntry {
  const { aliases = [], takes = "percent: float", isTested = true } = condition;
  return entry("condition", `T.System.Resource.${name}`, {
    aliases,
    takes,
    gives: "value: float, host: string, timestamp: datetime",
    doc,
    since: "0.1.0",
    testedSince: isTested ? "0.1.0" : null,
  });
}

function check(name: string, doc: string, takes: string, isTested = true): LibraryEntry {
  return entry("condition", name, { takes, doc, since: "0.1.0", testedSince: isTested ? "0.1.0" : null });
}

export const triggers: readonly LibraryEntry[] = [
  fileTrigger("Created", "A file that the path or glob matches was created, and its size has settled."),
  fileTrigger("Modified", "A file that the path or glob matches was modified, and its size has settled."),
  fileTrigger("Deleted", "A file that the path or glob matches was deleted."),
  fileTrigger("Changed", "A file that the path or glob matches was created, modified or deleted."),
  entry("event", "T.System.Directory.Changed", {
    doc: "Files below the folder were created, modified or deleted: once for those that are seen together.",
    since: "0.1.0",
    aliases: ["T.DirChanged"],
    takes: "path: string",
    gives: "dir_path: string, changes: list, timestamp: datetime",
    hasMainValue: true,
  }),
  schedule(
    "T.Schedule.Cron",
    "At the times of a cron expression of five fields, or of six with seconds.",
    "expression: string",
    ["T.Cron"],
  ),
  schedule(
    "T.Schedule.Interval",
    "Again after each interval, counted from when it was registered.",
    "interval: duration",
    ["T.Every"],
  ),
  schedule("T.Schedule.Once", "Once, at a time.", "at: datetime"),
  schedule("T.Schedule.Daily", "Each day at a time of day, `07:30`.", "at: string", ["T.Daily"]),
  schedule("T.Schedule.Weekly", "Each week on a day, `monday`, at a time of day.", "day: string, at: string", [
    "T.Weekly",
  ]),
  entry("event", "T.Network.HttpRequest", {
    doc: "A request to a path of the trigger API, `/t/…`.",
    since: "0.1.0",
    aliases: ["T.Http"],
    takes:
      "path: string, method?: string, auth?: string, rate?: string, schema?: any, secret?: string, previous_secret?: string, wait?: any",
    gives:
      "body: any, headers: dict, query: dict, params: dict, method: string, remote_address: string, timestamp: datetime",
    hasMainValue: true,
  }),
  entry("event", "T.Network.WebhookReceived", {
    doc: "A webhook that a provider has signed, at `/hooks/…`.",
    since: "0.1.0",
    aliases: ["T.Webhook"],
    takes: "path: string, provider?: string, secret?: string, previous_secret?: string, events?: list, rate?: string",
    gives: "body: any, event: string, delivery_id: string, timestamp: datetime",
    hasMainValue: true,
  }),
  message("RabbitMQMessage", "A message of a RabbitMQ queue.", "queue", "message_id: string"),
  message("KafkaMessage", "A message of a Kafka topic.", "topic", "offset: int", groupOptions),
  message("RedisStream", "An entry of a Redis stream.", "stream", "message_id: string", groupOptions),
  message(
    "QueueReceived",
    "A message of a queue, topic or stream of whatever broker the connection leads to.",
    "queue",
    "message_id: string",
    groupOptions,
  ),
  entry("event", "T.Polyglot.Application.Cli", {
    aliases: ["T.Cli"],
    givesInputs: true,
    doc: "Lists the pipeline among those that a person starts with `polyglot run`.",
    since: "0.1.0",
  }),
  entry("event", "T.Polyglot.Application.Api", {
    aliases: ["T.Api"],
    givesInputs: true,
    doc: "Lists the pipeline among those that a program starts over the API.",
    since: "0.1.0",
  }),
  entry("event", "T.Polyglot.Pipeline.Called", {
    aliases: ["T.Call"],
    givesInputs: true,
    doc: "A call from another pipeline, the command line or the API.",
    since: "0.1.0",
  }),
  entry("event", "T.Polyglot.Pipeline.Completed", {
    aliases: ["T.After"],
    takes: "pipeline: string, outcome?: string",
    gives: "pipeline_id: string, execution_id: string, outcome: string, outputs: dict, timestamp: datetime",
    doc: "A run of another pipeline ended: it succeeded, or failed, or any of them.",
    since: "0.1.0",
  }),
  openEvent("T.Git.Push", "A push to a branch or tag of a GitRepository.", {
    takes: "repository: string, branch?: string",
    gives: "commit: string, branch: string, changed_paths: list, author: string",
  }),
  metric("Cpu.Above", "The host's CPU use is above a percentage of all its cores.", {
    aliases: ["T.CpuHigh", "T.CpuHigherThan"],
  }),
  metric("Cpu.Below", "The host's CPU use is below a percentage of all its cores.", {
    aliases: ["T.CpuLow", "T.CpuLowerThan"],
  }),
  metric("Memory.Above", "The host's memory use is above a percentage.", { aliases: ["T.MemoryHigh"] }),
  metric("Memory.Below", "The host's memory use is below a percentage.", { aliases: ["T.MemoryLow"] }),
  metric("DiskSpace.Below", "Less than a percentage of the host's own disk (`/`) is free."),
  metric("Network.Traffic.Above", "The host sends and receives more than that many bytes in a second, over all.", {
    takes: "bytes_per_second: float",
  }),
  metric(
    "Network.Local.Available",
    "The host has an address in a network; with `host` (`name:port`), that one can be reached over TCP.",
    { takes: "host?: string", isTested: false },
  ),
  metric(
    "Network.Internet.Available",
    "The internet can be reached from the host: one of two well-known addresses, or `host` (`name:port`), over TCP.",
    { takes: "host?: string", isTested: false },
  ),
  metric("Gpu.Above", "The host's GPU use is above a percentage.", { isTested: false }),
  metric("Gpu.Below", "The host's GPU use is below a percentage.", { isTested: false }),
  check("T.Check.File.Exists", "A file is there; a folder is none.", "path: string"),
  check("T.Check.Directory.Exists", "A folder is there.", "path: string"),
  check(
    "T.Check.File.Modified.After",
    "A file or folder is there and was modified after a time.",
    "path: string, time: datetime",
  ),
  check(
    "T.Check.Python.Version.Equal",
    "The Python of the pipeline's steps is of a version: 3.11.7 is of `3.11`.",
    "version: string",
  ),
  check(
    "T.Check.Python.Version.LessThan",
    "The Python of the pipeline's steps is older than a version.",
    "version: string",
  ),
  check(
    "T.Check.Python.Version.MoreThan",
    "The Python of the pipeline's steps is newer than a version: 3.11.7 is not newer than `3.11`.",
    "version: string",
  ),
  check(
    "T.Check.Python.Modules.Requirements",
    "Python of the pipeline's steps has all that a requirements file of the host names, in those versions.",
    "path: string",
    false,
  ),
  check("T.Check.Rust.Version.Equal", "The Rust of the pipeline's steps is of a version.", "version: string"),
  check("T.Check.Node.Version.Equal", "The Node.js of the pipeline's steps is of a version.", "version: string"),
  check(
    "T.Assert",
    "A condition is True; in a `[?]` line the message is logged where it is not.",
    "condition: bool, message?: string",
  ),
  entry("any-trigger", "T.Any", { doc: "Any of the triggers under it.", since: "0.1.0" }),
];

/** What every event trigger takes besides its own arguments, except those that only start by hand. */
export const eventOptions: readonly string[] = [...eventOptionNames, "filter"];

/** What every condition trigger takes by name in a `[t]` line. */
export const conditionOptions: readonly string[] = conditionOptionNames;

/** Of these, what nothing runs yet. */
export const openEventOptions: ReadonlySet<string> = new Set(["filter"]);
