/** What Redis refused, as an error of `pg\!`, by the word that its message begins with. */
import { ReplyError } from "ioredis";
import { Refused } from "../given.ts";
import { problemOfNetwork } from "./network-problem.ts";

const types: Readonly<Record<string, string>> = {
  NOAUTH: "PermissionError",
  WRONGPASS: "PermissionError",
  NOPERM: "PermissionError",
  READONLY: "PermissionError",
  OOM: "ResourceError",
  BUSY: "ResourceError",
  LOADING: "ResourceError",
  TRYAGAIN: "ResourceError",
  MISCONF: "DiskFullError",
};

export function problemOfRedis(error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof Refused) return error;
  if (error instanceof ReplyError) return ofServer(error.message);
  return problemOfNetwork(error, "Redis") ?? ofClient(error.message);
}

function ofServer(message: string): Refused {
  const [word = ""] = message.split(" ", 1);
  return new Refused((Object.hasOwn(types, word) ? types[word] : undefined) ?? "ValidationError", `Redis: ${message}`);
}

/** The client gives its own errors no code. */
const ofClient = (message: string): Refused =>
  new Refused(/timed? ?out|ETIMEDOUT/i.test(message) ? "TimeoutError" : "NetworkError", `Redis: ${message}`);
