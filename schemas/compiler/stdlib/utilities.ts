import { collections } from "./collections.ts";
import type { LibraryEntry } from "./entry.ts";
import { logic } from "./logic.ts";
import { text } from "./text.ts";
import { time } from "./time.ts";
import { done, group, open } from "./utility.ts";

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
