import { expect, test } from "vitest";
import { BackgroundTasks, type Service, ServiceGroup } from "./lifecycle.ts";

function recorded(name: string, journal: string[], failing = false): Service {
  return {
    name,
    start: async () => {
      if (failing) throw new Error("no port");
      journal.push(`start ${name}`);
    },
    stop: async () => void journal.push(`stop ${name}`),
  };
}

test("members start in order and stop in reverse", async () => {
  const journal: string[] = [];
  const group = new ServiceGroup("group", [recorded("a", journal), recorded("b", journal)]);
  await group.start();
  await group.stop();
  await group.stop();
  expect(journal).toEqual(["start a", "start b", "stop b", "stop a"]);
});

test("a failed start stops what had started and names the member", async () => {
  const journal: string[] = [];
  const group = new ServiceGroup("group", [recorded("a", journal), recorded("b", journal, true)]);
  await expect(group.start()).rejects.toThrow("group: b did not start");
  expect(journal).toEqual(["start a", "stop a"]);
});

test("drain waits for tasks that tasks add, and failures reach the handler", async () => {
  const errors: unknown[] = [];
  const tasks = new BackgroundTasks((error) => errors.push(error));
  const order: string[] = [];
  tasks.add(
    Promise.resolve().then(() => {
      order.push("first");
      tasks.add(Promise.resolve().then(() => order.push("second")));
      return tasks.add(Promise.reject(new Error("lost")));
    }),
  );
  await tasks.drain();
  expect(order).toEqual(["first", "second"]);
  expect(errors).toHaveLength(1);
});
