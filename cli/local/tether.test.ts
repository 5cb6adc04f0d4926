import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import { ChildProgram } from "./child-program.ts";
import { processStart } from "./process-start.ts";
import { tether, tetherByPipe } from "./tether.ts";
import { spawn } from "node:child_process";

const sleeper = [process.execPath, "-e", "process.stdout.write(process.pid + '\\n'); setInterval(() => {}, 1000)"];

const gone = async (pid: number): Promise<void> => {
  while (processStart(pid) !== undefined) await sleep(20);
};

for (const [name, wrap] of [
  ["the kernel", tether],
  ["a pipe", tetherByPipe],
] as const) {
  test(`a child tethered by ${name} ends with a parent that gets SIGKILL`, async () => {
    const command = JSON.stringify(wrap(sleeper, "TERM"));
    const script = `const [file, ...args] = ${command};
      require("node:child_process").spawn(file, args, { stdio: ["pipe", "inherit", "inherit"], detached: true });
      setInterval(() => {}, 1000);`;
    const parent = spawn(process.execPath, ["-e", script], { stdio: ["ignore", "pipe", "inherit"] });
    const [output] = (await once(parent.stdout, "data")) as [Buffer];
    const pid = Number(output.toString());
    expect(processStart(pid)).toBeDefined();
    parent.kill("SIGKILL");
    await gone(pid);
  });

  test(`a child tethered by ${name} is stopped by a signal and gives its exit code`, async () => {
    const quits = [
      "-e",
      "process.on('SIGTERM', () => process.exit(7)); console.log('up'); setInterval(() => {}, 1000)",
    ];
    const child = new ChildProgram(wrap([process.execPath, ...quits], "TERM"));
    await child.line((line) => line === "up");
    await child.stop("SIGTERM");
    expect(await child.ended).toBe("ended with code 7");
  });

  test(`a child tethered by ${name} that ends by itself gives its exit code`, async () => {
    const child = new ChildProgram(wrap([process.execPath, "-e", "process.exit(3)"], "TERM"));
    expect(await child.ended).toBe("ended with code 3");
  });
}
