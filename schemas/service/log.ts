/** The log of a program itself (not of user code): one JSON object a line, on stderr. */
import { destination, type Logger as PinoLogger, pino, stdTimeFunctions } from "pino";

export type Logger = Pick<PinoLogger, "debug" | "info" | "warn" | "error"> & { child(bindings: object): Logger };

export const logLevels = ["debug", "info", "warn", "error", "silent"] as const;
export type LogLevel = (typeof logLevels)[number];

/** Writes synchronously: the last line before a crash is the one that matters. */
export function createLogger(program: string, level: LogLevel = "info"): Logger {
  return pino({ level, base: { program }, timestamp: stdTimeFunctions.isoTime }, destination({ fd: 2, sync: true }));
}

export const silentLogger: Logger = pino({ level: "silent" });
