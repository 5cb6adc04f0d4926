/** The controller's program: `node controller/dist/main/controller.js`. See `flags.ts` for its command line. */
import { createLogger, systemClock } from "@polyglot/service";
import { startController } from "./controller-program.ts";
import { type ControllerFlags, parseFlags, usage } from "./flags.ts";
import { followParent } from "./parent.ts";

/** An orderly stop that takes longer is cut short. */
const stopMs = 15_000;

const flags = readFlags();
const logger = createLogger("controller", flags.logLevel);
let stopping = false;
let stop = async (): Promise<void> => undefined;

process.on("uncaughtException", (error) => {
  logger.error({ error }, "a bug ended the controller");
  process.exit(1);
});
for (const signal of ["SIGTERM", "SIGINT"] as const) process.on(signal, () => end(signal));
followParent(process.env, () => end("the parent is gone"));

try {
  const controller = await startController(flags, systemClock, logger, process.env);
  stop = () => controller.stop();
  if (stopping) await stop();
  else {
    process.stdout.write(`${JSON.stringify({ ready: true, url: controller.url, ca: controller.authorityFile })}\n`);
    logger.info({ url: controller.url }, "the controller takes requests");
  }
} catch (error) {
  logger.error({ error }, "the controller did not start");
  process.exit(1);
}

function end(reason: string): void {
  if (stopping) return;
  stopping = true;
  logger.info({ reason }, "stopping");
  setTimeout(() => process.exit(1), stopMs).unref();
  stop().then(
    () => process.exit(0),
    (error: unknown) => {
      logger.error({ error }, "the stop was not orderly");
      process.exit(1);
    },
  );
}

function readFlags(): ControllerFlags {
  try {
    return parseFlags(process.argv.slice(2), process.env);
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n${usage}`);
    process.exit(2);
  }
}
