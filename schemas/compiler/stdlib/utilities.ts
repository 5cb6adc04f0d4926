import { collections } from "./collections.ts";
import type { LibraryEntry } from "./entry.ts";
import { errors } from "./errors.ts";
import { logic } from "./logic.ts";
import { text } from "./text.ts";
import { time } from "./time.ts";
import { done, group } from "./utility.ts";

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

/** Where it says `path: any`, a handle of an open file will do as well. */
const inFile =
  "A relative path starts at the agent's data root; in place of a path an open file of `|U.System.File.Open` or a \
`|W.System.File.` wrapper may stand";

const encodings = "`encoding` is utf-8 (the default), utf-16le, latin1 or ascii";

const written = (kind: string, extra: string): readonly LibraryEntry[] => {
  const value = kind === "Text" ? "text: string, encoding?: string" : "bytes: bytes";
  return [
    done(
      `System.File.${kind}.Write`,
      `Writes a file in full: beside it first and then in its place, so that nobody ever reads half of it. The file keeps \
its mode. ${inFile}; then it is written where the last writing ended. ${extra}`.trim(),
      { takes: `path: any, ${value}` },
    ),
    done(
      `System.File.${kind}.Append`,
      `Writes at the end of a file, which is created where it is not there. ${inFile}. ${extra}`.trim(),
      { takes: `path: any, ${value}` },
    ),
  ];
};

const files: readonly LibraryEntry[] = [
  done(
    "System.File.Text.Read",
    `The text of a file of at most 64 MiB; a larger one is a pg\\!ResourceError. ${inFile}; then it is the rest of the \
file. ${encodings}; bytes that are no such text are a pg\\!ConversionError, and a byte order mark is passed over.`,
    { takes: "path: any, encoding?: string", gives: "text: string" },
  ),
  ...written("Text", `${encodings}.`),
  done(
    "System.File.Bytes.Read",
    `The bytes of a file of at most 64 MiB; a larger one is a pg\\!ResourceError. ${inFile}; then they are the rest of the \
file.`,
    { takes: "path: any", gives: "bytes: bytes" },
  ),
  ...written("Bytes", ""),
  done(
    "System.File.Exists",
    "Whether something is at a path: a file, a folder, or what a link leads to. What may not be looked at is a \
pg\\!PermissionError.",
    { takes: "path: string", gives: "answer: bool" },
  ),
  done("System.File.Delete", "Deletes a file or a link. A folder is a pg\\!FileError, and so is what is not there.", {
    takes: "path: string",
  }),
  done(
    "System.File.Move",
    "Moves a file to another path, where it takes the place of a file that is there. A folder can be moved within its file \
system.",
    { takes: "from: string, to: string" },
  ),
  done(
    "System.File.Copy",
    "Copies a file to another path, where it takes the place of a file that is there once it is whole.",
    { takes: "from: string, to: string" },
  ),
  done("System.File.Type", "What is at a path: `file`, `directory`, `link` (not followed) or `other`.", {
    takes: "path: string",
    gives: "text: string",
  }),
  done("System.File.Extension", "The last extension in a path with its point, `.gz`; empty where there is none.", {
    takes: "path: string",
    gives: "text: string",
  }),
  done(
    "System.File.Hash",
    "A digest of a file of any size, in hexadecimal digits. `algorithm` is sha256 (the default), sha512, sha1 or md5.",
    { takes: "path: string, algorithm?: string", gives: "digest: string" },
  ),
  done(
    "System.File.Open",
    "Opens a file. `mode` is read (the default), write (which empties or creates it) or append (which creates it). What an \
execution leaves open is closed at its end, with a warning in its log.",
    { takes: "path: string, mode?: string", gives: "file: handle" },
  ),
  done("System.File.Close", "Closes an open file. One that is closed already is a pg\\!ResourceError.", {
    takes: "file: handle",
  }),
  done(
    "System.Directory.List",
    "The absolute paths of what a folder holds, in order, files and folders. `pattern` is a glob below the folder: `*.csv`, \
`*/*.csv`, `**/*.csv`; names that begin with a point match only where it writes the point. Without it: all that is \
directly in the folder. Links are not followed; more than 100,000 paths are a pg\\!ResourceError.",
    { takes: "path: string, pattern?: string", gives: "paths: list" },
  ),
  done("System.Directory.Create", "Creates a folder and those above it. One that is there already is left as it is.", {
    takes: "path: string",
  }),
  done(
    "System.Directory.Delete",
    "Deletes a folder that is empty, or with `recursive: True` all that is in it. The agent's data root, and what holds it, \
is never deleted.",
    { takes: "path: string, recursive?: bool" },
  ),
];

const howItRuns =
  "It runs contained as user code does, in `cwd` (the agent's data root where nothing is said), with the text `input` to \
read, and with no environment but PATH and `env`. Its exit code is a result and no error: 128 and the signal's number \
where a signal ended it. After `timeout` it is a pg\\!TimeoutError. `output` and `error` are UTF-8, other bytes are \
replaced; more than 16 MiB of either is a pg\\!ResourceError. When it ends, or the step does, all that it has started ends.";

const processes: readonly LibraryEntry[] = [
  done(
    "System.Execute.Command",
    `Runs a program, the first of a list of texts, with the others as its arguments and without a shell. ${howItRuns} A \
program that is not there is a pg\\!DependencyError.`,
    {
      aliases: ["U.RunCommand"],
      takes: "command: list, input?: string, cwd?: string, env?: dict, timeout?: duration",
      gives: "output: string, error: string, exit_code: int",
    },
  ),
  done("System.Execute.Shell", `Runs a line of shell with \`/bin/sh -c\`. ${howItRuns}`, {
    aliases: ["U.RunShell"],
    takes: "line: string, input?: string, cwd?: string, env?: dict, timeout?: duration",
    gives: "output: string, error: string, exit_code: int",
  }),
];

const response = "status: int, body: any, headers: dict";

const request = "headers?: dict, timeout?: duration, client?: handle";
const anyRequest =
  "A body that is text or bytes goes as it is, anything else as JSON; None is no body. The answer is as that of U.Network.HttpGet.";

const network: readonly LibraryEntry[] = [
  done(
    "Network.HttpGet",
    "Fetches an http or https URL. Any status is a result, 404 and 500 too. The body is a value where its content type is JSON, a text where that is text, else bytes; header names are in lower case. Up to 10 redirects are followed, a body has up to 64 MiB (JSON 16 MiB), and the whole takes up to 60 s or `timeout`. With a `client` of |W.HttpClient the URL may be a path. Addresses that are not of the public internet are refused unless the agent allows them.",
    { takes: `url: string, ${request}`, gives: response },
  ),
  done("Network.HttpPost", `Posts a body to a URL. ${anyRequest}`, {
    takes: `url: string, body: any, ${request}`,
    gives: response,
  }),
  done(
    "Network.HttpRequest",
    `A request with the method GET, HEAD, POST, PUT, PATCH, DELETE or OPTIONS. ${anyRequest}`,
    { takes: `method: string, url: string, body?: any, ${request}`, gives: response },
  ),
];

const statement = "db: any, sql: string, parameters?: list, timeout?: duration";

const databases: readonly LibraryEntry[] = [
  done(
    "Database.Connect",
    "Opens a connection by the name of a `Connection`, or by the URL of a database: `postgresql://user@host/name`, `redis://host` (`rediss:` with TLS), `sqlite:data/app.db` (`sqlite::memory:`). It is the execution's own until |U.Database.Disconnect or its end; transactions and settings of it end then, too.",
    { takes: "url: string", gives: "db: handle" },
  ),
  done(
    "Database.Query",
    "Rows of one statement as maps by column; of Redis the reply as a list. `parameters` stand apart from the text: `$1` in PostgreSQL, `?` in SQLite, the words after the command in Redis. `db` is a connection, or a URL or the name of a `Connection` to connect to for this statement alone. At most 100000 rows and 64 MiB, and 300 s or `timeout`.",
    { takes: statement, gives: "rows: list" },
  ),
  done(
    "Database.Execute",
    "Runs one statement as |U.Database.Query does; gives how many rows it changed, or gave. Of Redis: the number it answers, else 1 for OK and 0 for nothing.",
    { takes: statement, gives: "affected: int" },
  ),
  done("Database.Disconnect", "Ends the use of a connection; what is open of a transaction is rolled back.", {
    takes: "db: handle",
  }),
];

const callIs =
  "Starts another execution, by a pipeline's full id or a name of this namespace, and does not wait for it. A retried attempt that comes to the same call starts nothing again, and has the first one's id.";

const flow: readonly LibraryEntry[] = [
  done("Exit", "Ends the run with a code.", { takes: "code?: int" }),
  done("Call", callIs, {
    takes: "pipeline: string, inputs?: dict",
    gives: "execution_id: string",
  }),
  done("Approve", "Waits until a person approves; meanwhile the execution holds no place. Stands in the run phase.", {
    takes: "message?: string, timeout?: duration",
    gives: "approved_by: string",
  }),
];

const stateIs =
  "The state belongs to the pipeline whose text has the step, is shared by all its executions, and is durable; a key has 1 to 512 characters.";

const cacheIs =
  "The cache belongs to the namespace of the pipeline whose text has the step, lies in the controller's memory (256 MiB in all, the least recently used goes first) or in a Redis that all controllers share, and may be empty at any time; a key has 1 to 512 characters.";

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
  done("Cache.Get", `The value under a key of the cache, or the default, or None. ${cacheIs}`, {
    takes: "key: string, default?: any",
    gives: "value: any",
  }),
  done("Cache.Set", `Caches a value of at most 1 MiB as JSON, for a time or until its room is needed. ${cacheIs}`, {
    takes: "key: string, value: any, for?: duration",
  }),
  done(
    "Secret.Get",
    "The value of a declared secret that the pipeline's namespace may have, of 4 bytes to 64 KiB; an attempt sees one value throughout. Where the secret is unknown a DependencyError, where its value cannot be had a ConfigError, where another namespace's a PermissionError. It is left out of what the execution logs and reports; outputs, state, cache, artifacts and inputs of started executions may not hold it.",
    { takes: "name: string", gives: "value: string" },
  ),
  done(
    "Artifact.Put",
    "Keeps bytes, a text as UTF-8 or any other value as JSON with the execution, under a name of 1 to 255 characters; what had the name is replaced. At most 16 MiB each, 256 MiB and 1000 names in an execution, for as long as the execution itself is kept.",
    { takes: "name: string, content: any" },
  ),
  done(
    "Artifact.Get",
    "The bytes that the execution keeps under a name, or another execution of the same namespace; where there are none, a FileError.",
    { takes: "name: string, execution_id?: string", gives: "content: bytes" },
  ),
];

export const utilities: readonly LibraryEntry[] = [
  ...system,
  ...files,
  ...processes,
  ...text,
  ...logic,
  ...collections,
  ...time,
  ...network,
  ...databases,
  ...errors,
  ...flow,
  ...state,
];
