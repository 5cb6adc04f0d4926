/** The log of a program itself (not of user code): one JSON object a line, on stderr. */
import { destination, type Logger as PinoLogger, pino, stdSerializers, stdTimeFunctions } from "pino";

export type Logger = Pick<PinoLogger, "debug" | "info" | "warn" | "error"> & { child(bindings: object): Logger };

export const logLevels = ["debug", "info", "warn", "error", "silent"] as const;
export type LogLevel = (typeof logLevels)[number];

/** Writes synchronously: the last line before a crash is the one that matters. */
export function createLogger(program: string, level: LogLevel = "info"): Logger {
  // Both names that an error is logged under; without a serializer it would be written as {}.
  const serializers = { err: stdSerializers.err, error: stdSerializers.err };
  const options = { level, base: { program }, timestamp: stdTimeFunctions.isoTime, serializers };
  return pino(options, destination({ fd: 2, sync: true }));
}

export const silentLogger: Logger = pino({ level: "silent" });
