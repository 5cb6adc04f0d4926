import { extname } from "node:path";
import { fileURLToPath } from "node:url";
import type { OwnProgram } from "../runtimes/own-program.ts";
import type { ContainedSettings } from "../stdlib/contained/contained-function.ts";

/** The source when the agent runs from its sources, as tests do; else what was built of it. */
const file = fileURLToPath(new URL(`./program${extname(import.meta.url)}`, import.meta.url));

export const libraryProgram = (settings: ContainedSettings, network?: "none"): OwnProgram => ({
  file,
  arguments: [JSON.stringify(settings)],
  channels: 1,
  ...(network === undefined ? {} : { confinement: { network } }),
});
