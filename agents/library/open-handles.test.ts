import { systemClock } from "@polyglot/service";
import { expect, test } from "vitest";
import { OpenHandles } from "./open-handles.ts";

const handles = (limit = 10) => new OpenHandles(systemClock, limit);
const file = { name: "a file" };
const nothing = (): void => undefined;

test("what was opened is found by its handle, by its owner", () => {
  const own = handles().of("a 1");
  expect(own.take(own.add("file", file, nothing), "file")).toBe(file);
});

test("a handle of another execution is refused", () => {
  const open = handles();
  const handle = open.of("a 1").add("file", file, nothing);
  expect(() => open.of("b 1").take(handle, "file")).toThrow("belongs to another execution");
});

test("a handle of an earlier attempt of the same execution is refused", async () => {
  const open = handles();
  const handle = open.of("a 1").add("file", file, nothing);
  expect(() => open.of("a 2").take(handle, "file")).toThrow("belongs to another execution");
  expect(await open.of("a 2").close(handle)).toBe(false);
});

test("a closed handle says that it is closed, and closes once", async () => {
  let closes = 0;
  const own = handles().of("a 1");
  const handle = own.add("file", file, () => {
    closes += 1;
  });
  expect(await own.close(handle)).toBe(true);
  expect(await own.close(handle)).toBe(false);
  expect(closes).toBe(1);
  expect(() => own.take(handle, "file")).toThrow("the file is closed already");
});

test("a handle of a process that is gone says so", () => {
  const handle = handles().of("a 1").add("connection", file, nothing);
  expect(() => handles().of("a 1").take(handle, "connection")).toThrow(
    "the process that held the connection has ended",
  );
});

test("a handle of another kind, and what is no handle, are refused", () => {
  const own = handles().of("a 1");
  const handle = own.add("connection", file, nothing);
  expect(() => own.take(handle, "file")).toThrow("a file is wanted, and this handle is a connection");
  expect(() => own.take("a.txt", "file")).toThrow("a handle of a file is wanted, and this is a text");
});

test("the end of an attempt closes what it has left open, and nothing of others", async () => {
  const open = handles();
  const closed: string[] = [];
  const add = (owner: string, name: string) => open.of(owner).add("file", file, () => void closed.push(name), name);
  add("a 1", "one");
  add("b 1", "other");
  await open.of("a 1").close(add("a 1", "two"));
  add("a 1", "three");
  expect(await open.closeAll("a 1")).toEqual([
    { kind: "file", name: "one" },
    { kind: "file", name: "three" },
  ]);
  expect(closed.toSorted()).toEqual(["one", "three", "two"]);
  expect(open.owners).toEqual(["b 1"]);
});

test("what does not close is named with its reason", async () => {
  const open = handles();
  open.of("a 1").add("file", file, () => Promise.reject(new Error("the disk is full")), "a.txt");
  expect(await open.closeAll("a 1")).toEqual([{ kind: "file", name: "a.txt", problem: "the disk is full" }]);
});

test("what takes too long to close is left, and named", async () => {
  const instant = { ...systemClock, sleep: () => Promise.resolve() };
  const open = new OpenHandles(instant, 10);
  open.of("a 1").add("connection", file, () => new Promise(() => undefined), "db");
  expect(await open.closeAll("a 1")).toMatchObject([{ name: "db", problem: "it did not close within 5000 ms" }]);
});

test("one execution may have so many things open, and another still may", () => {
  const open = handles(1);
  open.of("a 1").add("file", file, nothing);
  let closed = false;
  const tooMany = () =>
    open.of("a 1").add("file", file, () => {
      closed = true;
    });
  expect(tooMany).toThrow("an execution may have 1 things open at once");
  expect(closed).toBe(true);
  open.of("b 1").add("file", file, nothing);
});
