import { entry, type LibraryEntry } from "./entry.ts";

const variables =
  "`env` gives their processes variables by name, texts only, for the steps of this pipeline and not of those it calls; those that decide what a program loads (PATH, LD_…) cannot be set.";

/** What `[w]` gives a runtime beside its version. */
const runtimeOptions = {
  py: {
    takes: "requirements?: string, env?: dict",
    doc: `\`requirements\` is a file for pip beside the \`.pg\` file: agents build an environment with its packages before the first run, for the steps of this pipeline and not of those it calls. ${variables}`,
  },
  js: {
    takes: "package?: string, env?: dict",
    doc: `\`package\` is a \`package.json\` beside the \`.pg\` file: agents install its dependencies with npm before the first run (those of the lock file where one lies beside it), for the steps of this pipeline and not of those it calls. ${variables}`,
  },
  rust: {
    takes: "crate?: string, env?: dict",
    doc: `\`crate\` is a \`Cargo.toml\` beside the \`.pg\` file: Rust files that this pipeline calls, and not those that pipelines called by it do, are built with its dependencies (those of the lock file where one lies beside it); crates have their own. ${variables}`,
  },
  cpp: { takes: "env?: dict", doc: variables },
} as const satisfies Record<RuntimeLanguage, { readonly takes: string; readonly doc: string }>;

export type RuntimeLanguage = "py" | "js" | "rust" | "cpp";

/** A runtime that `[w]` asks for: its language, and the version where one is named. */
export interface RuntimeChoice {
  readonly lang: RuntimeLanguage;
  readonly version?: string;
}

interface Runtime {
  readonly lang: RuntimeLanguage;
  /** Of the full name, then of the short one; the version follows. */
  readonly forms: readonly [full: RegExp, short: RegExp];
  readonly full: string;
  readonly short: string;
  readonly title: string;
}

const runtimes: readonly Runtime[] = [
  {
    lang: "py",
    forms: [/^Runtime\.Python\.(3\.\d{1,3})$/, /^Python(3\.\d{1,3})$/],
    full: "Runtime.Python.",
    short: "Python",
    title: "Python",
  },
  {
    lang: "js",
    forms: [/^Runtime\.Node\.(\d{1,3})$/, /^Node(\d{1,3})$/],
    full: "Runtime.Node.",
    short: "Node",
    title: "Node.js",
  },
  { lang: "rust", forms: [/^Runtime\.Rust()$/, /^Rust()$/], full: "Runtime.Rust", short: "Rust", title: "Rust" },
  { lang: "cpp", forms: [/^Runtime\.Cpp\.(\d{2})$/, /^Cpp(\d{2})$/], full: "Runtime.Cpp.", short: "Cpp", title: "C++" },
];

/** Newer versions that an agent finds have names of the same pattern, so the pattern is what the registry knows. */
export function findRuntimeEntry(name: string): LibraryEntry | undefined {
  const { family, rest } = splitFamily(name === "W.Node" || name === "With.Node" ? `${name}20` : name);
  for (const runtime of family === undefined ? [] : runtimes) {
    const version = versionIn(runtime, rest);
    if (version !== undefined && family !== undefined) return createEntry(family, runtime, version);
  }
  return undefined;
}

export function runtimeOf(entryName: string): RuntimeChoice | undefined {
  const { family, rest } = splitFamily(entryName);
  const runtime = family === "W" ? runtimes.find((item) => item.forms[0].test(rest)) : undefined;
  if (runtime === undefined) return undefined;
  const version = versionIn(runtime, rest);
  return { lang: runtime.lang, ...(version !== undefined && version !== "" && { version }) };
}

function splitFamily(name: string): { family: "W" | "With" | undefined; rest: string } {
  const family = name.startsWith("W.") ? "W" : name.startsWith("With.") ? "With" : undefined;
  return { family, rest: family === undefined ? name : name.slice(family.length + 1) };
}

function versionIn(runtime: Runtime, rest: string): string | undefined {
  for (const form of runtime.forms) {
    const found = form.exec(rest);
    if (found !== null) return found[1] ?? "";
  }
  return undefined;
}

function createEntry(family: "W" | "With", runtime: Runtime, version: string): LibraryEntry {
  const title = `${runtime.title} ${version}`.trim();
  const short = `${family}.${runtime.short}${version}`;
  return entry(family === "W" ? "wrapper" : "requirement", `${family}.${runtime.full}${version}`, {
    aliases: short === "W.Node20" || short === "With.Node20" ? [short, `${family}.Node`] : [short],
    takes: family === "W" ? runtimeOptions[runtime.lang].takes : "",
    doc:
      family === "W"
        ? `The pipeline's steps run on ${title}. ${runtimeOptions[runtime.lang].doc}`
        : `${title} has to be in force.`,
    since: "0.1.0",
  });
}

/** Versions that documentation and completion list. */
const listed = ["Python3.10", "Python3.11", "Python3.12", "Node18", "Node20", "Rust", "Cpp11", "Cpp17", "Cpp20"];

function pair(
  name: string,
  takes: string,
  gives: string,
  doc: string,
  { alias, since = null }: { alias?: string; since?: string | null } = {},
): LibraryEntry[] {
  const aliases = (family: string): string[] => (alias === undefined ? [] : [`${family}.${alias}`]);
  return [
    entry("wrapper", `W.${name}`, { aliases: aliases("W"), takes, gives, doc, since }),
    entry("requirement", `With.${name}`, {
      aliases: aliases("With"),
      doc: `|W.${name} has to be in force.`,
      since,
    }),
  ];
}

const fileModes = {
  Read: "opened for reading",
  Write: "emptied or created, and opened for writing",
  Append: "opened for writing at its end, and created where it is not there",
} as const;

const logLines =
  " Each text written to it with `|U.System.File.Text.Write` or `.Append` is one line with the time (UTC) before it.";

/** Text and bytes differ in nothing but the names that read and write them. */
const files = ["Text", "Bytes", "Log"].flatMap((kind) =>
  Object.entries(fileModes).flatMap(([mode, doc]) =>
    pair(
      `System.File.${kind}.${mode}`,
      "path: string",
      "file: handle",
      `A file, ${doc}; closed at the end.${kind === "Log" && mode !== "Read" ? logLines : ""}`,
      { since: "0.1.0" },
    ),
  ),
);

const databases = ["PostgreSQL", "Redis", "SQLite"].flatMap((kind) =>
  pair(
    `Database.${kind}.Connection`,
    "url: string",
    "db: handle",
    `A connection to ${kind} by its URL or the name of a \`Connection\`, from a pool and given back at the end; what is open of a transaction is rolled back.`,
    { alias: kind, since: "0.1.0" },
  ),
);

export const wrappers: readonly LibraryEntry[] = [
  ...listed.flatMap((name) =>
    [findRuntimeEntry(`W.${name}`), findRuntimeEntry(`With.${name}`)].filter((item) => item !== undefined),
  ),
  ...databases,
  ...files,
  ...pair("System.Directory.Temporary", "", "path: string", "A folder that is removed at the end.", { since: "0.1.0" }),
  ...pair(
    "Network.Http.Client",
    "base_url?: string, headers?: dict",
    "client: handle",
    "A client for the `client` of U.Network.HttpGet and its kin. It keeps connections open until the end; a URL without scheme is put behind `base_url`, and `headers` go with each request (where there is a `base_url`: to its origin only). `base_url` may be the name of a `Connection` of type http, whose credentials become the header `authorization` unless `headers` has one.",
    { alias: "HttpClient", since: "0.1.0" },
  ),
  ...pair("Timer", "", "", "Logs how long the pipeline took, cleanup included, in milliseconds.", { since: "0.1.0" }),
  ...pair(
    "Record.Timer",
    "name?: string",
    "",
    "Records how long the pipeline took, cleanup included, in milliseconds: as a step of the execution, and in the metrics history under `record:` and a name (`timer`).",
    { since: "0.1.0" },
  ),
  ...pair(
    "Record.RunStatus",
    "name?: string",
    "",
    "Records how the pipeline ended and after how many milliseconds: as a step of the execution, and in the metrics history under `record:` and a name (`pipeline`) with `.succeeded`, `.failed` or `.cancelled` behind it, so that their samples count its runs.",
    { since: "0.1.0" },
  ),
];
