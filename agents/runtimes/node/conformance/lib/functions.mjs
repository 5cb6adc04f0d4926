/** What the conformance suite calls, as people write functions: nothing of Polyglot's in sight. */
import { execFileSync, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { existsSync } from "node:fs";
import { name } from "./helper.mjs";

const instanceName = randomUUID();

class Rejected extends RangeError {}

export const echo = (value) => value;

export const instance = () => instanceName;

export const pair = () => [1, "two"];

export const named = (first, second = 2, third = "three") => `${first}-${second}-${third}`;

export const look_up = (key) => undefined[key];

let lastNumber = 0;
export const next_number = () => ++lastNumber;

export function reject(message) {
  deeper(message);
}

function deeper(message) {
  throw new Rejected(message);
}

export function say(text) {
  console.log(text);
  process.stdout.write("half a ");
  process.stdout.write("line\n");
  process.stderr.write("to stderr\n");
  console.error("from logging");
  execFileSync("echo", ["from a child"], { stdio: ["ignore", "inherit", "inherit"] });
  process.stdout.write("no end");
}

let open;
const gate = new Promise((resolve) => (open = resolve));
let left;

export function leave_printer() {
  left = gate.then(() => console.log("of the call before"));
}

export async function release_printer() {
  open();
  await left;
  console.log("my own");
}

export function print_lines(many) {
  for (let number = 0; number < many; number += 1) console.log(number);
}

export function print_without_end(megabytes) {
  for (let at = 0; at < megabytes * 16; at += 1) process.stdout.write("x".repeat(65_536));
}

export function print_bytes() {
  process.stdout.write(Buffer.from([0x61, 0xff, 0, 0x62, 0x0a]));
}

export function child_without_end() {
  execFileSync("printf", ["half"], { stdio: ["ignore", "inherit", "inherit"] });
}

export function flood_from_child(megabytes) {
  execFileSync("sh", ["-c", `yes | head -c ${megabytes}000000`], { stdio: ["ignore", "inherit", "inherit"] });
}

export async function later(value) {
  await new Promise((resolve) => setImmediate(resolve));
  return value;
}

export function* count(to) {
  for (let number = 0; number < to; number += 1) yield number;
}

export async function* count_later(to) {
  for (let number = 0; number < to; number += 1) yield await Promise.resolve(number);
}

export async function rest(seconds) {
  await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
  return seconds;
}

/** Keeps the event loop from turning until the file is there. */
export function wait_for(file) {
  if (file === "") return true;
  for (;;) if (existsSync(file)) return true;
}

const leaveDaemon = (token) =>
  spawn(process.execPath, ["-e", "setTimeout(() => {}, 1e6)", token], { detached: true, stdio: "ignore" });

/** Leaves a process behind that has made itself a daemon, then never returns. */
export function hang(token) {
  leaveDaemon(token);
  process.on("SIGTERM", () => {});
  console.log("hanging");
  return new Promise(() => {});
}

/** The same in code that never lets the event loop turn. */
export function hang_hard(token) {
  leaveDaemon(token);
  console.log("hanging");
  for (;;);
}

export function quit_process(code) {
  process.exit(code);
}

export function crash() {
  process.abort();
}

export function unconvertible() {
  return { rows: [1, { price: () => 1 }] };
}

export const use_helper = () => name();
