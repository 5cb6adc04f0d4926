import type { CgroupLimits } from "./cgroup.ts";

/** What one worker may have, with all that it starts. */
export interface WorkerLimits extends CgroupLimits {
  /** Of its work folder. */
  readonly maxDiskBytes: number;
  /** Of each of its processes. */
  readonly maxOpenFiles: number;
}

export const defaultWorkerLimits: WorkerLimits = {
  /** Threads count: a Node process has eleven of its own. */
  maxProcesses: 1_024,
  maxDiskBytes: 10 * 2 ** 30,
  maxOpenFiles: 16_384,
};

/** A worker was ended because it outgrew a limit. */
export interface LimitEnd {
  readonly kind: "limit";
  /** Name of the error of Polyglot's own that its call raises. */
  readonly error: "OOMError" | "DiskFullError" | "ResourceError";
  /** With the figures. */
  readonly message: string;
}
