import { createHmac } from "node:crypto";
import { systemClock } from "@polyglot/service";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { TriggerAnswer } from "../triggers/endpoints/trigger-request.ts";
import { source, World } from "./reconciler.fixture.ts";
import { RepositoryHook } from "./repository-hook.ts";

let world: World;
let hook: RepositoryHook;

beforeEach(async () => {
  world = await World.create();
  const { database, mirrors, reconciler } = world;
  hook = new RepositoryHook({ database, mirrors, reconciler, clock: systemClock });
  world.secrets.set("git", "a shared secret");
});
afterEach(() => world.dispose());

const body = Buffer.from('{"ref":"refs/heads/main"}');
const signature = (secret: string) => `sha256=${createHmac("sha256", secret).update(body).digest("hex")}`;

/** The status of the answer. */
async function push(name: string, secret: string, method = "POST"): Promise<unknown> {
  const headers = { "x-hub-signature-256": signature(secret), "x-github-event": "push" };
  const answered = hook.answer({ method, path: `/${name}`, headers, readBody: async () => body });
  return answered.catch((refused: { readonly answer: TriggerAnswer }) => refused.answer).then(({ status }) => status);
}

test("a signed word of a push has every repository of that URL looked at, and no other word has", async () => {
  world.origin.commit({ "a.pg": source("A") });
  expect(await world.declare(", webhook: { provider: github, secretFrom: git }")).toBe("applied");
  world.origin.commit({ "a.pg": source("A", "2") });
  expect(await push("code", "another secret")).toBe(401);
  expect(await push("other", "a shared secret")).toBe(401);
  expect(await push("code", "a shared secret", "GET")).toBe(401);
  expect(await world.pipelines()).toEqual({ "test>A#A": 1 });
  expect(await push("code", "a shared secret")).toBe(202);
  expect(await world.nextRound()).toBe("applied");
  expect(await world.pipelines()).toEqual({ "test>A#A": 2 });
});
