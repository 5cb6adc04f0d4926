import { appendFileSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { ContainedBed } from "./contained.fixture.ts";
import { files } from "./files.ts";

const bed = new ContainedBed(files, { limits: { maxValueBytes: 10 } });
afterAll(() => bed.stop());

const at = (name: string): string => join(bed.settings.dataRoot, name);
const file = (name: string) => `U.System.File.${name}`;

test("a value of the limit's size is read, and one byte more is refused with its path and sizes", async () => {
  writeFileSync(at("ten"), "0123456789");
  writeFileSync(at("eleven"), "0123456789a");
  expect(await bed.call(file("Text.Read"), { path: "ten" })).toEqual(["0123456789"]);
  expect(await bed.call(file("Text.Read"), { path: "eleven" })).toEqual({
    type: "pg\\!ResourceError",
    message: `'${at("eleven")}' has 11 bytes or more, and a value holds at most 10; give steps the path and read it there`,
  });
});

test("a file that says it is empty is read to its end, as far as a value goes", async () => {
  const end = await bed.call(file("Text.Read"), { path: "/proc/self/status" });
  expect(end).toMatchObject({ type: "pg\\!ResourceError" });
});

test("an open file that has grown gives what is new, however large the whole is", async () => {
  writeFileSync(at("grows"), "12345678");
  const handle = await bed.first(file("Open"), { path: "grows" });
  expect(await bed.call(file("Text.Read"), { path: handle })).toEqual(["12345678"]);
  appendFileSync(at("grows"), "90123456");
  expect(await bed.call(file("Text.Read"), { path: handle })).toEqual(["90123456"]);
});

test("half a character is no text", async () => {
  writeFileSync(at("half"), Buffer.from([0x61, 0xc3]));
  expect(await bed.call(file("Text.Read"), { path: "half" })).toMatchObject({ type: "pg\\!ConversionError" });
});

test("a text that an encoding lacks is not written, and the file is as it was", async () => {
  writeFileSync(at("kept"), "kept");
  const end = await bed.call(file("Text.Write"), { path: "kept", text: "\u20ac", encoding: "latin1" });
  expect(end).toEqual({ type: "pg\\!ConversionError", message: "the text has characters that latin1 lacks" });
  expect(readFileSync(at("kept"), "utf8")).toBe("kept");
});

test("a write that fails leaves nothing beside the file", async () => {
  const before = readdirSync(bed.settings.dataRoot);
  symlinkSync("loop", at("loop"));
  expect(await bed.call(file("Text.Write"), { path: "loop", text: "x" })).toMatchObject({ type: "pg\\!FileError" });
  expect(readdirSync(bed.settings.dataRoot).toSorted()).toEqual([...before, "loop"].toSorted());
});

test("a file that is replaced keeps its mode, and a new one has that of the process", async () => {
  writeFileSync(at("mode"), "old", { mode: 0o600 });
  await bed.call(file("Text.Write"), { path: "mode", text: "new" });
  await bed.call(file("Text.Write"), { path: "fresh", text: "new" });
  const umask = process.umask();
  expect([statSync(at("mode")).mode & 0o777, statSync(at("fresh")).mode & 0o777]).toEqual([0o600, 0o666 & ~umask]);
});

test("a call that is aborted reads no further", async () => {
  writeFileSync(at("read"), "x");
  const aborted = AbortSignal.abort();
  await expect(bed.end(file("Text.Read"), { path: "read" }, aborted)).rejects.toThrow("aborted");
});
