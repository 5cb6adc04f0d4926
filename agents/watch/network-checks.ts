/** Whether networks can be reached, over TCP: whoever answers is there, one that refuses the connection too. */
import { connect } from "node:net";
import { networkInterfaces } from "node:os";
import type { Arguments, Check } from "./host-checks.ts";

const limits = {
  periodMs: 10_000,
  /** For an answer. */
  answerMs: 3_000,
  port: 443,
} as const;

/** Addresses, so that a name server that is away does not count; either of them will do. */
const wellKnown = ["1.1.1.1:443", "8.8.8.8:53"] as const;

export const networkChecks: Readonly<Record<string, Check>> = {
  "T.System.Resource.Network.Local.Available": {
    periodMs: limits.periodMs,
    look: (given, _runtimes, signal) => {
      const host = hostOf(given);
      return host === undefined ? Promise.resolve(hasAddress()) : reaches(host, signal);
    },
  },
  "T.System.Resource.Network.Internet.Available": {
    periodMs: limits.periodMs,
    look: async (given, _runtimes, signal) => {
      const host = hostOf(given);
      const asked = host === undefined ? wellKnown : [host];
      const answers = await Promise.all(asked.map((one) => reaches(one, signal)));
      return answers.includes(true);
    },
  },
};

const hostOf = (given: Arguments): string | undefined =>
  typeof given["host"] === "string" && given["host"] !== "" ? given["host"] : undefined;

const hasAddress = (): boolean =>
  Object.values(networkInterfaces()).some((addresses) => addresses?.some(({ internal }) => !internal) === true);

/** `name`, `name:port`, `[::1]:port`. */
function reaches(target: string, signal: AbortSignal): Promise<boolean> {
  const [, name = target, port = String(limits.port)] = /^\[?([^\]]*?)\]?(?::(\d+))?$/.exec(target) ?? [];
  const socket = connect({ host: name, port: Number(port), timeout: limits.answerMs, signal });
  return new Promise<boolean>((answer) => {
    socket.once("connect", () => answer(true));
    socket.once("timeout", () => answer(false));
    socket.once("error", (error: NodeJS.ErrnoException) => answer(error.code === "ECONNREFUSED"));
  }).finally(() => socket.destroy());
}
