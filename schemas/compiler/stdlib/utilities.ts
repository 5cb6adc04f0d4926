import { entry, type LibraryEntry } from "./entry.ts";

interface Options {
  readonly aliases?: readonly string[];
  readonly takes?: string;
  readonly gives?: string;
}

/** Its implementation is still open. */
function open(name: string, doc: string, options: Options = {}): LibraryEntry {
  return entry("utility", `U.${name}`, { ...options, doc, since: null });
}

function done(name: string, doc: string, options: Options = {}): LibraryEntry {
  return entry("utility", `U.${name}`, { ...options, doc, since: "0.1.0" });
}

/** Many names with one form; open where nothing else is said. */
function group(
  prefix: string,
  names: string,
  doc: (name: string) => string,
  options: Options,
  create = open,
): LibraryEntry[] {
  return names.split("/").map((name) => create(`${prefix}.${name}`, doc(name), options));
}

const measure = { gives: "value: float" } as const;

const system: readonly LibraryEntry[] = [
  done("System.Resource.Cpu.Get.Usage", "CPU use of the host in cores.", measure),
  done("System.Resource.Cpu.Get.UsagePercentage", "CPU use of the host in percent.", {
    ...measure,
    aliases: ["U.CpuUsage"],
  }),
  done("System.Resource.Memory.Get.Usage", "Memory use of the host in MB.", measure),
  done("System.Resource.Memory.Get.UsagePercentage", "Memory use of the host in percent.", {
    ...measure,
    aliases: ["U.MemoryUsage"],
  }),
  ...group(
    "System.Resource.Disk.Get.Space",
    "Total/Left/LeftPercentage/Used/UsedPercentage",
    (name) => `Disk space: ${name}.`,
    {
      takes: "path?: string",
      gives: "value: float",
    },
    done,
  ),
  done("System.Get.Network.IP", "The host's address.", { gives: "address: string" }),
  done("System.Get.Network.DownloadRate", "Bytes received per second.", measure),
  done("System.Get.Network.UploadRate", "Bytes sent per second.", measure),
  done("System.OperatingSystem.Get", "The host's operating system.", { gives: "name: string" }),
  ...["Cpu", "Memory"].flatMap((name) =>
    group(
      `System.Resource.${name}`,
      "Above/Below",
      (side) => `Whether ${name} use is ${side.toLowerCase()} a percentage.`,
      {
        takes: "percent: float",
        gives: "answer: bool",
      },
      done,
    ),
  ),
];

const files: readonly LibraryEntry[] = [
  open("System.File.Text.Read", "The text of a file.", {
    takes: "path: string, encoding?: string",
    gives: "text: string",
  }),
  ...group("System.File.Text", "Write/Append", (name) => `${name}s text to a file.`, {
    takes: "path: string, text: string",
  }),
  open("System.File.Bytes.Read", "The bytes of a file.", { takes: "path: string", gives: "bytes: bytes" }),
  ...group("System.File.Bytes", "Write/Append", (name) => `${name}s bytes to a file.`, {
    takes: "path: string, bytes: bytes",
  }),
  open("System.File.Exists", "Whether a file exists.", { takes: "path: string", gives: "answer: bool" }),
  open("System.File.Delete", "Deletes a file.", { takes: "path: string" }),
  ...group("System.File", "Move/Copy", (name) => `${name}s a file.`, { takes: "from: string, to: string" }),
  ...group("System.File", "Type/Extension", (name) => `${name} of a file.`, {
    takes: "path: string",
    gives: "text: string",
  }),
  open("System.File.Hash", "A digest of a file.", {
    takes: "path: string, algorithm?: string",
    gives: "digest: string",
  }),
  open("System.File.Open", "Opens a file.", { takes: "path: string, mode?: string", gives: "file: handle" }),
  open("System.File.Close", "Closes a file.", { takes: "file: handle" }),
  open("System.Directory.List", "What a folder holds.", {
    takes: "path: string, pattern?: string",
    gives: "paths: list",
  }),
  ...group("System.Directory", "Create/Delete", (name) => `${name}s a folder.`, { takes: "path: string" }),
];

const processes: readonly LibraryEntry[] = [
  open("System.Execute.Command", "Runs a program with a list of arguments, without a shell.", {
    aliases: ["U.RunCommand"],
    takes: "command: list, input?: string, cwd?: string, env?: dict, timeout?: duration",
    gives: "output: string, error: string, exit_code: int",
  }),
  open("System.Execute.Shell", "Runs a line of shell.", {
    aliases: ["U.RunShell"],
    takes: "line: string, input?: string, cwd?: string, env?: dict, timeout?: duration",
    gives: "output: string, error: string, exit_code: int",
  }),
];

const console: readonly LibraryEntry[] = [
  open("Console.Clear", "Clears the console."),
  open("Console.RewriteLine", "Writes the console's last line again.", { takes: "text: string" }),
];

const asked = "answer: bool";

const textForm = (form: string, create: typeof open): LibraryEntry[] => [
  create(`${form}.Parse`, `The value of a text in ${form}.`, { takes: "text: string", gives: "value: any" }),
  create(`${form}.Stringify`, `A value as ${form}.`, { takes: "value: any", gives: "text: string" }),
];

const text: readonly LibraryEntry[] = [
  ...group(
    "String",
    "Contains/StartsWith/EndsWith",
    (name) => `Whether a text ${name} another.`,
    { takes: "text: string, part: string", gives: asked },
    done,
  ),
  open("String.Matches", "Whether a text matches a pattern.", { takes: "text: string, part: string", gives: asked }),
  done("String.IsEmpty", "Whether a text is empty.", { takes: "text: string", gives: asked }),
  ...group(
    "String",
    "Normalize/ToUpperCase/ToLowerCase/Trim",
    (name) => `${name} of a text.`,
    {
      takes: "text: string",
      gives: "text: string",
    },
    done,
  ),
  done("String.Split", "The parts of a text.", { takes: "text: string, separator: string", gives: "parts: list" }),
  done("String.Join", "Parts as one text.", { takes: "parts: list, separator?: string", gives: "text: string" }),
  done("String.Replace", "A text with one part replaced.", {
    takes: "text: string, part: string, by: string",
    gives: "text: string",
  }),
  done("String.Format", "A text with values put in.", { takes: "text: string, values: any", gives: "text: string" }),
  done("String.Length", "The length of a text in characters.", { takes: "text: string", gives: "length: int" }),
  ...textForm("Json", done),
  ...textForm("Yaml", open),
  ...textForm("Csv", open),
  done("Json.Get", "A part of a value, by its path.", { takes: "value: any, path: string", gives: "value: any" }),
];

const logic: readonly LibraryEntry[] = [
  ...group(
    "Boolean",
    "And/Or/Xor",
    (name) => `${name} of two booleans.`,
    { takes: "a: bool, b: bool", gives: asked },
    done,
  ),
  done("Boolean.Not", "The opposite.", { takes: "a: bool", gives: asked }),
  ...group("Boolean", "True/False", (name) => `Always ${name}.`, { gives: asked }, done),
  ...group(
    "Compare",
    "Equal/NotEqual/GreaterThan/LessThan/GreaterOrEqual/LessOrEqual",
    (name) => `Whether one value is ${name} another.`,
    { takes: "a: any, b: any", gives: asked },
    done,
  ),
  ...group(
    "Math",
    "Add/Subtract/Multiply/Divide/Modulo/Min/Max",
    (name) => `${name} of two numbers.`,
    {
      takes: "a: float, b: float",
      gives: "value: float",
    },
    done,
  ),
  done("Math.Round", "A number rounded.", { takes: "a: float, digits?: int", gives: "value: float" }),
  done("IntRange", "A range for `?>`; both ends are inside, None is open.", {
    takes: "low: any, high: any",
    gives: "range: range",
  }),
  done("FloatRange", "A range for `?>`; both ends are inside, None is open.", {
    takes: "low: any, high: any",
    gives: "range: range",
  }),
];

const collections: readonly LibraryEntry[] = [
  done("Collection.Contains", "Whether a collection holds a value.", { takes: "items: any, value: any", gives: asked }),
  done("Collection.IsEmpty", "Whether a collection is empty.", { takes: "items: any", gives: asked }),
  done("Collection.Size", "How many a collection holds.", { takes: "items: any", gives: "size: int" }),
  ...group(
    "Collection",
    "SizeEquals/SizeGreaterThan",
    (name) => `${name} of a collection.`,
    {
      takes: "items: any, size: int",
      gives: asked,
    },
    done,
  ),
  ...group(
    "Collection",
    "First/Last",
    (name) => `${name} of a list.`,
    { takes: "items: list", gives: "value: any" },
    done,
  ),
  done("Collection.Get", "A value by its key or index.", { takes: "items: any, key: any", gives: "value: any" }),
  done("Collection.Set", "A collection with one value set.", {
    takes: "items: any, key: any, value: any",
    gives: "items: any",
  }),
  done("Collection.Append", "A list with one more value.", { takes: "items: list, value: any", gives: "items: list" }),
  done("Collection.Sort", "A list in order.", { takes: "items: list, by?: string", gives: "items: list" }),
  ...group("Collection", "Filter/Map", (name) => `${name} by a pipeline.`, {
    takes: "items: list, pipeline: string, parallel?: int",
    gives: "items: list",
  }),
  open("Collection.Reduce", "A list folded by a pipeline.", {
    takes: "items: list, pipeline: string, start?: any, parallel?: int",
    gives: "value: any",
  }),
  open("Collection.ForEach", "Runs a pipeline for each value.", {
    takes: "items: list, pipeline: string, parallel?: int",
  }),
];

const time: readonly LibraryEntry[] = [
  done("Sleep", "Waits.", { takes: "for: duration" }),
  done("Time.Now", "The time.", { gives: "time: datetime" }),
  open("Time.Format", "A time as text.", { takes: "time: datetime, format?: string", gives: "text: string" }),
  open("Time.Parse", "A text as time.", { takes: "text: string, format?: string", gives: "time: datetime" }),
  done("Time.Add", "A time and a duration.", { takes: "time: datetime, duration: duration", gives: "time: datetime" }),
  done("Time.Diff", "The duration between two times.", {
    takes: "from: datetime, to: datetime",
    gives: "duration: duration",
  }),
];

const response = "status: int, body: any, headers: dict";

const network: readonly LibraryEntry[] = [
  open("Network.HttpGet", "Fetches a URL.", {
    takes: "url: string, headers?: dict, timeout?: duration",
    gives: response,
  }),
  open("Network.HttpPost", "Posts to a URL.", {
    takes: "url: string, body: any, headers?: dict, timeout?: duration",
    gives: response,
  }),
  open("Network.HttpRequest", "A request to a URL.", {
    takes: "method: string, url: string, body?: any, headers?: dict, timeout?: duration",
    gives: response,
  }),
  open("Database.Connect", "Opens a connection.", { takes: "url: string", gives: "db: handle" }),
  open("Database.Query", "Rows of a query; parameters stand apart from the SQL.", {
    takes: "db: any, sql: string, parameters?: list",
    gives: "rows: list",
  }),
  open("Database.Execute", "Runs a statement.", {
    takes: "db: any, sql: string, parameters?: list",
    gives: "affected: int",
  }),
  open("Database.Disconnect", "Closes a connection.", { takes: "db: handle" }),
];

const retryArguments = "max_attempts?: int, base_delay?: any, max_delay?: any, strategy?: Enum";

const errors: readonly LibraryEntry[] = [
  done("Error.Retry", "In a handler: runs the failed step again.", { aliases: ["U.Retry"], takes: retryArguments }),
  done("Error.RetryWithBackoff", "In a handler: runs the failed step again, after waits that grow.", {
    takes: retryArguments,
  }),
  done("Error.Raise", "Raises an error.", { takes: "message: string, type?: string" }),
  done("Error.Aggregate", "Raises several errors as one.", { takes: "errors: list" }),
  done("Error.Log", "Writes an error to the log.", { takes: "error: any" }),
  ...group("Error.Handle", "OOM/CpuThrottle/Timeout/ResourceLimit", (name) => `What to do at ${name}.`, {
    takes: "action: any",
  }),
  open("Error.GracefulShutdown", "Ends the run in order.", { aliases: ["U.Shutdown"], takes: "message?: string" }),
  done("Assert", "Raises an error where a condition does not hold.", { takes: "condition: bool, message?: string" }),
];

const flow: readonly LibraryEntry[] = [
  done("Exit", "Ends the run with a code.", { takes: "code?: int" }),
  open("Call", "Starts another run, and does not wait for it.", {
    takes: "pipeline: string, inputs?: dict",
    gives: "execution_id: string",
  }),
  open("Approve", "Waits until a person approves; meanwhile the execution holds no place. Stands in the run phase.", {
    takes: "message?: string, timeout?: duration",
    gives: "approved_by: string",
  }),
];

const stateIs =
  "The state belongs to the pipeline whose text has the step, is shared by all its executions, and is durable; a key has 1 to 512 characters.";

const state: readonly LibraryEntry[] = [
  done("State.Get", `The value under a key of the pipeline's state, or the default, or None. ${stateIs}`, {
    takes: "key: string, default?: any",
    gives: "value: any",
  }),
  done("State.Set", `Sets a key of the pipeline's state: at most 1 MiB as JSON. ${stateIs}`, {
    takes: "key: string, value: any",
  }),
  done("State.Delete", `Removes a key of the pipeline's state. ${stateIs}`, { takes: "key: string" }),
  done(
    "State.Increment",
    `Adds to an int in the pipeline's state, by default 1; a key without a value counts as 0. Exact when many executions do it at once. ${stateIs}`,
    { takes: "key: string, by?: int", gives: "value: int" },
  ),
  open("Cache.Get", "A cached value.", { takes: "key: string", gives: "value: any" }),
  open("Cache.Set", "Caches a value.", { takes: "key: string, value: any, for?: duration" }),
  open("Secret.Get", "A secret's value.", { takes: "name: string", gives: "value: string" }),
  open("Artifact.Put", "Keeps a file with the execution.", { takes: "name: string, content: any" }),
  open("Artifact.Get", "A file that an execution kept.", { takes: "name: string", gives: "content: bytes" }),
];

export const utilities: readonly LibraryEntry[] = [
  ...system,
  ...files,
  ...processes,
  ...console,
  ...text,
  ...logic,
  ...collections,
  ...time,
  ...network,
  ...errors,
  ...flow,
  ...state,
];
