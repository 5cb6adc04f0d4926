/**
 * Every flag of the agent's program: what it takes, what holds without it, what it does. `docs/agents.md` has the same
 * list. A flag may also be given by the variable `POLYGLOT_AGENT_<NAME>`, a list with commas; the command line wins.
 */
export interface Flag {
  /** What stands behind it, for people. */
  readonly takes: string;
  /** May be given several times. */
  readonly multiple?: true;
  /** For people: what holds where it is not given. */
  readonly otherwise: string;
  readonly says: string;
}

export const flagTable = {
  controller: { takes: "URL", multiple: true, otherwise: "needed", says: "a controller, https" },
  ca: { takes: "FILE", otherwise: "none", says: "authority of the controllers' certificates, PEM" },
  "token-file": { takes: "FILE", otherwise: "none", says: "token for the first join" },
  "data-dir": { takes: "DIR", otherwise: "needed", says: "the folder that the agent keeps its data in" },
  "data-root": { takes: "DIR", otherwise: "the current folder", says: "where relative file patterns start" },
  "allow-network": {
    takes: "NETWORK",
    multiple: true,
    otherwise: "none",
    says: "what the library may connect to besides the public internet: `10.0.0.0/8`, an address, `loopback`, `private`",
  },
  name: { takes: "NAME", otherwise: "the host's name", says: "the agent's name" },
  labels: { takes: "K=V,…", otherwise: "none", says: "labels, for routing" },
  capacity: { takes: "N", otherwise: "128, or 16 a core if that is more", says: "executions at once" },
  "log-level": { takes: "LEVEL", otherwise: "info", says: "debug, info, warn, error or silent" },
  "sample-interval": {
    takes: "S",
    otherwise: "1",
    says: "time between two samples of the host's load, in seconds, from 0.1 to 60",
  },
  python: { takes: "PATH", multiple: true, otherwise: "none", says: "a Python to use before those found" },
  node: { takes: "PATH", multiple: true, otherwise: "none", says: "a Node.js to use before those found" },
  rust: { takes: "PATH", multiple: true, otherwise: "none", says: "a `rustc` to use before those found" },
  cpp: { takes: "PATH", multiple: true, otherwise: "none", says: "a C++ compiler to use before those found" },
  "max-workers": { takes: "N", otherwise: "32, or 16 a core if that is more", says: "worker processes at once" },
  warm: { takes: "N", otherwise: "1", says: "idle workers of one bundle and runtime that outlive `--idle-seconds`" },
  "idle-seconds": {
    takes: "S",
    otherwise: "60",
    says: "how long a further worker waits for its next call, in seconds",
  },
  "recycle-calls": { takes: "N", otherwise: "100000", says: "calls after which a worker is replaced" },
  "recycle-growth-mb": {
    takes: "MB",
    otherwise: "256",
    says: "memory that a worker may keep beyond what its first calls took, in MB",
  },
  "worker-processes": { takes: "N", otherwise: "1024", says: "processes and threads of one worker's tree" },
  "worker-memory-mb": { takes: "MB", otherwise: "the host's", says: "memory of one worker's tree, in MB" },
  "worker-disk-mb": { takes: "MB", otherwise: "10240", says: "disk of one worker's work folder, in MB" },
  "worker-open-files": { takes: "N", otherwise: "16384", says: "open files of each process of a worker" },
  "require-layer": {
    takes: "LAYER",
    multiple: true,
    otherwise: "none",
    says: "a layer of containment, or `all`, without which the agent does not start",
  },
  "max-bundles": { takes: "N", otherwise: "1000", says: "unpacked bundles kept when no longer used" },
  "max-bundles-mb": { takes: "MB", otherwise: "10240", says: "disk that unpacked bundles take, in MB" },
  "max-environments": { takes: "N", otherwise: "200", says: "environments kept when no longer used" },
  "max-environments-mb": { takes: "MB", otherwise: "20480", says: "disk that environments take, in MB" },
  "max-builds": { takes: "N", otherwise: "1000", says: "builds of Rust and C++ kept when no longer used" },
  "max-builds-mb": { takes: "MB", otherwise: "10240", says: "disk that builds of Rust and C++ take, in MB" },
} as const satisfies Record<string, Flag>;

export type FlagName = keyof typeof flagTable;

export const variableOf = (name: string): string => `POLYGLOT_AGENT_${name.toUpperCase().replaceAll("-", "_")}`;
