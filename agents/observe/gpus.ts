/** What `nvidia-smi` says of the host's GPUs. */
import { execFile } from "node:child_process";
import { create } from "@bufbuild/protobuf";
import { type GpuSample, GpuSampleSchema } from "@polyglot/contracts/service";

const fields = [
  "index",
  "name",
  "utilization.gpu",
  "memory.used",
  "memory.total",
  "temperature.gpu",
  "power.draw",
] as const;

const limits = {
  /** A driver that hangs is given up on. */
  answerMs: 5_000,
  answerBytes: 64 * 1024,
  gpus: 64,
} as const;

const bytesPerMebibyte = 1024 * 1024;

/** "missing": there is no such program on the PATH, and never will be while the agent runs. Undefined: it failed this time. */
export type GpuAnswer = readonly GpuSample[] | "missing" | undefined;

export function askGpus(program = "nvidia-smi"): Promise<GpuAnswer> {
  const query = [`--query-gpu=${fields.join(",")}`, "--format=csv,noheader,nounits"];
  const options = { timeout: limits.answerMs, maxBuffer: limits.answerBytes, killSignal: "SIGKILL" } as const;
  return new Promise((resolve) => {
    execFile(program, query, options, (error, stdout) => {
      if (error === null) resolve(parseGpus(stdout));
      else resolve(error.code === "ENOENT" || error.code === "EACCES" ? "missing" : undefined);
    });
  });
}

/** A line for each GPU; memory in MiB. A figure that the device does not have reads `[N/A]` or `[Not Supported]`. */
export function parseGpus(text: string): readonly GpuSample[] {
  const lines = text.split("\n").slice(0, limits.gpus);
  return lines.flatMap((line) => {
    const gpu = parseGpu(line.split(",").map((field) => field.trim()));
    return gpu === undefined ? [] : [gpu];
  });
}

/** A line that does not begin with a number is a message of the driver. */
function parseGpu(values: readonly string[]): GpuSample | undefined {
  const [index = "", name = "", busy, used, total, temperature, power] = values;
  if (values.length !== fields.length || !/^\d+$/.test(index)) return undefined;
  return create(GpuSampleSchema, {
    index: Number(index),
    name,
    memoryUsedBytes: toBytes(used),
    memoryTotalBytes: toBytes(total),
    ...known("busyPercent", busy),
    ...known("temperature", temperature),
    ...known("power", power),
  });
}

const toBytes = (mebibytes: string | undefined): bigint =>
  BigInt(Math.round((toNumber(mebibytes) ?? 0) * bytesPerMebibyte));

function known<Name extends string>(name: Name, text: string | undefined): { readonly [Key in Name]?: number } {
  const value = toNumber(text);
  return value === undefined ? {} : ({ [name]: value } as { readonly [Key in Name]?: number });
}

const toNumber = (text: string | undefined): number | undefined =>
  text !== undefined && /^\d+(?:\.\d+)?$/.test(text) ? Number(text) : undefined;
