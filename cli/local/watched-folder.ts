import { sep } from "node:path";
import { watch } from "chokidar";

/** Milliseconds without a change after which a burst of them counts as one. */
const quietMs = 200;

const isLeftOut = (path: string): boolean =>
  path.split(sep).some((part) => part === ".git" || part === ".polyglot" || part === "node_modules");

/** Calls back once after each burst of changes below a folder, never twice at a time. Answers how to stop. */
export async function watchFolder(folder: string, onChange: () => Promise<void>): Promise<() => Promise<void>> {
  const watcher = watch(folder, { ignored: isLeftOut, ignoreInitial: true });
  let running = Promise.resolve();
  let timer: NodeJS.Timeout | undefined;
  watcher.on("all", () => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      running = running.then(onChange);
    }, quietMs);
  });
  await new Promise<void>((resolve) => watcher.once("ready", resolve));
  return async () => {
    clearTimeout(timer);
    await watcher.close();
    await running;
  };
}
