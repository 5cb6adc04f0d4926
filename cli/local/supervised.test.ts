import { expect, test } from "vitest";
import { ChildProgram } from "./child-program.ts";
import { type Member, Supervised } from "./supervised.ts";

/** A real process that works until it is told to end; counts its launches. */
class Sleeper implements Member {
  readonly name = "sleeper";
  launches = 0;
  #program: ChildProgram | undefined;
  readonly #failing: ReadonlySet<number>;

  /** Launches of these numbers (from 1) end before they are ready. */
  constructor(failing: readonly number[] = []) {
    this.#failing = new Set(failing);
  }

  get pid(): number {
    return this.#program?.pid ?? 0;
  }

  async launch(): Promise<void> {
    this.launches += 1;
    const script = this.#failing.has(this.launches)
      ? "process.exit(9)"
      : "console.log('ready'); setInterval(() => {}, 1000)";
    this.#program = new ChildProgram([process.execPath, "-e", script]);
    await this.#program.line((line) => line === "ready");
  }

  ended(): Promise<string> {
    return this.#program?.ended ?? Promise.resolve("was not started");
  }

  async stop(): Promise<void> {
    await this.#program?.stop("SIGTERM");
  }
}

/** Supervises it and hands on the news, one at a time. */
function supervise(member: Member) {
  const news: string[] = [];
  const waiters: ((line: string) => void)[] = [];
  const onNews = (line: string) => {
    const waiter = waiters.shift();
    if (waiter === undefined) news.push(line);
    else waiter(line);
  };
  const next = () => {
    const line = news.shift();
    return line === undefined ? new Promise<string>((resolve) => waiters.push(resolve)) : Promise.resolve(line);
  };
  return { supervised: new Supervised(member, { onNews }), next };
}

test("a member that dies is started again, and both are told", async () => {
  const member = new Sleeper();
  const { supervised, next } = supervise(member);
  await supervised.start();
  process.kill(member.pid, "SIGKILL");
  expect(await next()).toBe("sleeper ended by SIGKILL; starting it again");
  expect(await next()).toBe("sleeper runs again");
  await supervised.stop();
  expect(member.launches).toBe(2);
});

test("a start that fails after a death is tried again", async () => {
  const member = new Sleeper([2]);
  const { supervised, next } = supervise(member);
  await supervised.start();
  process.kill(member.pid, "SIGKILL");
  await next();
  expect(await next()).toBe("sleeper did not start: ended with code 9");
  expect(await next()).toBe("sleeper runs again");
  await supervised.stop();
});

test("a first start that fails is the caller's, with the program's last words", async () => {
  const { supervised } = supervise(new Sleeper([1]));
  await expect(supervised.start()).rejects.toThrow("ended with code 9");
});

test("a stop while the first start is under way leaves no process", async () => {
  const member = new Sleeper();
  const { supervised } = supervise(member);
  const started = supervised.start().catch((error: unknown) => error);
  await supervised.stop();
  await started;
  expect(await member.ended()).toMatch(/^ended/);
});

test("a stop while it waits for the next try starts nothing more", async () => {
  const member = new Sleeper();
  const { supervised, next } = supervise(member);
  await supervised.start();
  process.kill(member.pid, "SIGKILL");
  await next();
  await supervised.stop();
  expect(member.launches).toBe(1);
});
