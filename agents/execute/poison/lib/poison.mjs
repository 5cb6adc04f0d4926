import { spawn } from "node:child_process";
import { closeSync, openSync, writeSync } from "node:fs";
import { join } from "node:path";

const armed = () => writeSync(1, "armed\n");
const forever = () => new Promise((resolve) => setTimeout(resolve, 1_000_000));

function writeAll(buffer) {
  for (let at = 0; at < buffer.length; ) {
    try {
      at += writeSync(1, buffer, at);
    } catch (error) {
      if (error.code !== "EAGAIN") throw error;
    }
  }
}

const kinds = {
  async fork_bomb() {
    let told = false;
    for (;;) {
      const child = spawn("/bin/sleep", ["1000"], { stdio: "ignore" });
      const failed = await new Promise((resolve) => {
        child.once("error", () => resolve(true));
        child.once("spawn", () => resolve(false));
      });
      if (failed && !told) armed();
      told ||= failed;
    }
  },
  memory_hog() {
    const held = [];
    for (;;) held.push(Buffer.alloc(1 << 22, 1));
  },
  endless_loop() {
    armed();
    for (;;);
  },
  async ignores_sigterm() {
    process.on("SIGTERM", () => {});
    armed();
    await forever();
  },
  output() {
    const block = Buffer.from(`${"x".repeat(1023)}\n`.repeat(1024));
    for (let n = 0; n < 1024; n += 1) writeAll(block);
    return "written";
  },
  prints() {
    const line = "x".repeat(1023);
    for (let n = 0; n < 1 << 20; n += 1) console.log(line);
    return "written";
  },
  segmentation_fault: () => process.kill(process.pid, "SIGSEGV") && forever(),
  abort: () => process.abort(),
  stack_overflow: () => kinds.stack_overflow(),
  async daemon() {
    spawn("/bin/sh", ["-c", "trap '' TERM HUP; echo armed; sleep 1000"], {
      detached: true,
      stdio: ["ignore", "inherit", "ignore"],
    }).unref();
    await forever();
  },
  async zombies() {
    for (let n = 0; n < 20; n += 1) spawn("/bin/sh", ["-c", "sleep 0 & exec sleep 1000"], { stdio: "ignore" });
    armed();
    await forever();
  },
  disk_filler() {
    const file = openSync(join(process.env.HOME, "filler"), "w");
    const chunk = Buffer.alloc(1 << 20, 1);
    for (;;) writeSync(file, chunk);
  },
  open_files() {
    for (let n = 0; n < 100_000; n += 1) openSync("/dev/null", "r");
    return closeSync(0);
  },
  huge_result: () => "x".repeat(160 << 20),
};

export const poison = (kind) => kinds[kind]();
