/**
 * How git reaches a repository: its environment, and what it needs to prove who asks. Credentials are handed over as
 * files that only this user can read, for as long as one command runs: never as an argument or a variable. With
 * credentials no redirect is followed, which could carry them to another host.
 */
import { randomUUID } from "node:crypto";
import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { GitCredentials } from "./git-credentials.ts";

export interface AccessOptions {
  /** Where temporary files are put. */
  readonly folder: string;
  readonly allowFile: boolean;
  /** PATH to find git and ssh by. */
  readonly searchPath: string;
  /** Certificates that are trusted besides those of the machine, as PEM. */
  readonly certificates?: string;
  /** Lines of a known_hosts file; absent: those of the controller's own user count. */
  readonly knownHosts?: readonly string[];
}

export type Environment = Readonly<Record<string, string>>;

/** Without credentials and without the network. */
export function localEnvironment({ folder, allowFile, searchPath }: AccessOptions): Environment {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const configuration = join(folder, "gitconfig");
  // Another git may be reading it.
  const written = `${configuration}.${randomUUID()}`;
  writeFileSync(written, ownConfiguration("initial"), { mode: 0o600 });
  renameSync(written, configuration);
  return {
    PATH: searchPath,
    HOME: folder,
    LC_ALL: "C.UTF-8",
    GIT_CONFIG_NOSYSTEM: "1",
    GIT_CONFIG_GLOBAL: configuration,
    GIT_TERMINAL_PROMPT: "0",
    GIT_ALLOW_PROTOCOL: allowFile ? "https:ssh:file" : "https:ssh",
    GIT_SSH_COMMAND: sshCommand([]),
  };
}

/** Runs `work` with the environment; its files are gone when it ends. */
export async function withAccess<Result>(
  options: AccessOptions,
  credentials: GitCredentials | undefined,
  work: (environment: Environment) => Promise<Result>,
): Promise<Result> {
  const environment = localEnvironment(options);
  const folder = mkdtempSync(join(options.folder, "access-"));
  try {
    return await work({ ...environment, ...networkEnvironment(folder, options, credentials) });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function networkEnvironment(
  folder: string,
  { certificates, knownHosts }: AccessOptions,
  credentials: GitCredentials | undefined,
): Environment {
  const place = (name: string, text: string, mode = 0o400) => {
    const path = join(folder, name);
    writeFileSync(path, text, { mode });
    return path;
  };
  const ssh = [
    ...(knownHosts === undefined ? [] : hostOptions(place("known_hosts", `${knownHosts.join("\n")}\n`))),
    ...(credentials?.kind === "key" ? keyOptions(place("key", credentials.key)) : []),
  ];
  return {
    GIT_SSH_COMMAND: sshCommand(ssh),
    ...(certificates !== undefined && { GIT_SSL_CAINFO: place("certificates.pem", certificates) }),
    ...(credentials?.kind === "password" && {
      GIT_ASKPASS: askpass(place, credentials),
      GIT_CONFIG_GLOBAL: place("gitconfig", ownConfiguration("false")),
    }),
  };
}

type Place = (name: string, text: string, mode?: number) => string;

/** Git asks `Username for 'https://…'` and `Password for 'https://…'`. */
function askpass(place: Place, { user, password }: Extract<GitCredentials, { kind: "password" }>): string {
  place("user", user);
  place("password", password);
  const script = `#!/bin/sh\ncase "$1" in Username*) file=user ;; *) file=password ;; esac\nexec cat "\${0%/*}/$file"\n`;
  return place("askpass", script, 0o500);
}

const hostOptions = (file: string): string[] => [`UserKnownHostsFile=${file}`, "GlobalKnownHostsFile=/dev/null"];
const keyOptions = (file: string): string[] => [`IdentityFile=${file}`, "IdentitiesOnly=yes", "IdentityAgent=none"];

/** Run by a shell: each option is quoted. No configuration of a user or machine counts. */
function sshCommand(options: readonly string[]): string {
  const all = ["BatchMode=yes", "StrictHostKeyChecking=yes", "ConnectTimeout=30", "ForwardAgent=no", ...options];
  return ["ssh -F /dev/null", ...all.map((option) => `'-o${option.replaceAll("'", "'\\''")}'`)].join(" ");
}

/**
 * Stands for the user's configuration. `safe.directory`: a repository on this machine may belong to another user, and
 * nothing of it is executed. Objects are checked before they are stored.
 */
const ownConfiguration = (redirects: "initial" | "false"): string => `[safe]
	directory = *
[core]
	hooksPath = /dev/null
[transfer]
	fsckObjects = true
[gc]
	auto = 0
[http]
	followRedirects = ${redirects}
	lowSpeedLimit = 1000
	lowSpeedTime = 30
`;
