import { expect, test } from "vitest";
import { parseFlags } from "./flags.ts";

const needed = ["--controller", "https://a:1", "--data-dir", "/data"];
const parse = (...args: string[]) => parseFlags([...needed, ...args], "Host_1.example");

test("what is not said has a default", () => {
  expect(parse()).toMatchObject({
    kind: "flags",
    flags: {
      controllers: ["https://a:1"],
      dataDir: "/data",
      dataRoot: process.cwd(),
      name: "host-1.example",
      labels: {},
      logLevel: "info",
      caFile: undefined,
    },
  });
});

test("several controllers and labels", () => {
  expect(parse("--controller", "https://b:2", "--labels", "zone=a,disk=ssd=fast")).toMatchObject({
    flags: { controllers: ["https://a:1", "https://b:2"], labels: { zone: "a", disk: "ssd=fast" } },
  });
});

test.each([
  [["--capacity", "0"], "--capacity is an integer from 1 to 10000, got '0'"],
  [["--name", "A b"], "--name is of lower-case letters, digits, dots and hyphens, at most 63; got 'A b'"],
  [["--labels", "x"], "--labels is a list of key=value with commas between, got 'x'"],
  [["--log-level", "loud"], "--log-level is one of debug, info, warn, error, silent, got 'loud'"],
  [["--controller", "http://a"], "--controller is an https URL, got 'http://a'"],
])("%j is refused with what is allowed", (args, message) => {
  expect(parse(...args)).toEqual({ kind: "problem", message });
});

test("an unknown flag and a missing one are named", () => {
  expect(parse("--nonsense")).toMatchObject({
    kind: "problem",
    message: expect.stringContaining("--nonsense") as string,
  });
  expect(parseFlags(["--data-dir", "/data"], "h")).toMatchObject({
    message: "--controller is missing: the URL of at least one controller",
  });
});
