/**
 * Finds the runtimes of a language and tries each as the user that its workers will be. A runtime that user cannot read
 * runs as the agent's own user where that can, and is reported as weakly contained; a runtime that is not what it seems
 * is not used.
 */
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { workerEnvironment } from "../limits/work-folder.ts";
import { rootWithoutCapabilities, type WorkerUser } from "../limits/worker-user.ts";
import type { Language, RuntimeAnswer } from "./language.ts";
import type { FoundRuntime } from "./native-call.ts";
import { existingOnce, type SearchPlaces } from "./search-places.ts";
import { compareVersions } from "./version.ts";

/** Runtimes that the administrator names, by path. */
export type ConfiguredRuntimes = Readonly<Partial<Record<FoundRuntime["name"], readonly string[]>>>;

/** A runtime, and the user that its workers run as. */
export interface CheckedRuntime {
  readonly found: FoundRuntime;
  readonly user: WorkerUser;
}

const run = promisify(execFile);
/**
 * A runtime that has not answered by then is not used until the agent is started anew, so a host that is merely busy has
 * to have answered: with ten processes to a core, programs that take half a second take more than ten. Milliseconds.
 */
const checkTimeoutMs = 60_000;

/**
 * `configured` are paths that the administrator names. They come before all that is found, so that they are taken wherever
 * they fit, and keep their path: behind the link of a virtual environment's Python lies one without its packages. Within
 * both the newest is first.
 */
export async function findRuntimes(
  language: Language,
  places: SearchPlaces,
  configured: readonly string[],
  user: WorkerUser,
): Promise<CheckedRuntime[]> {
  const named = [...new Set(configured)];
  const known = new Set([...named, ...(await existingOnce(named))]);
  const candidates = await existingOnce(await language.candidates(places));
  const others = candidates.filter((path) => !known.has(path));
  const check = (path: string) => checkRuntime(language, path, user);
  const [first, rest] = await Promise.all([Promise.all(named.map(check)), Promise.all(others.map(check))]);
  return [...newestFirst(first), ...newestFirst(rest)];
}

const newestFirst = (checked: CheckedRuntime[]): CheckedRuntime[] =>
  checked.sort((a, b) => compareVersions(b.found.version, a.found.version));

/** What a check needs to know of a language. */
export type Checkable = Pick<Language, "name" | "title" | "oldestVersion" | "check">;

/** Tries it as `user`, and where that user cannot use it as the agent's own, without capabilities. */
export async function checkRuntime(language: Checkable, path: string, user: WorkerUser): Promise<CheckedRuntime> {
  const answer = await tryRuntime(language, path, user);
  if (answer.problem === undefined || user.owner === undefined) return { found: foundAs(language, path, answer), user };
  const reason = `user ${user.owner.uid} cannot use ${path} (${answer.problem})`;
  const agentUser = rootWithoutCapabilities(reason);
  const own = await tryRuntime(language, path, agentUser);
  const found = foundAs(language, path, own);
  return { found: found.usable ? { ...found, problem: `weakly contained: ${reason}` } : found, user: agentUser };
}

function foundAs(language: Checkable, path: string, answer: RuntimeAnswer): FoundRuntime {
  const isOld = compareVersions(answer.version, language.oldestVersion) < 0;
  const problem = answer.problem ?? (isOld ? `older than ${language.oldestVersion}` : undefined);
  const { version } = answer;
  return {
    name: language.name,
    version,
    path,
    usable: problem === undefined,
    ...(problem === undefined ? {} : { problem }),
  };
}

async function tryRuntime(language: Checkable, path: string, user: WorkerUser): Promise<RuntimeAnswer> {
  const work = [path, ...language.check.arguments];
  const [command = path, ...rest] = user.setpriv.length === 0 ? work : ["setpriv", ...user.setpriv, "--", ...work];
  try {
    const { stdout } = await run(command, rest, {
      cwd: "/",
      env: workerEnvironment("/nonexistent", {}),
      timeout: checkTimeoutMs,
    });
    return language.check.read(stdout) ?? { version: "0", problem: `it does not answer as ${language.title} does` };
  } catch (error) {
    const { stderr = "", message } = error as Error & { stderr?: string };
    return { version: "0", problem: lastLineOf(stderr) ?? message };
  }
}

const lastLineOf = (text: string): string | undefined => text.trim().split("\n").at(-1) || undefined;
