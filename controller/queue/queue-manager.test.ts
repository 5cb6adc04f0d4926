import { expect, test } from "vitest";
import { decideApproval, requestApprovals } from "../store/approvals.ts";
import { createTestDatabase } from "../store/test-database.ts";
import type { AgentSession } from "./agent-session.ts";
import { activate, activation, ended, queueWorld, settledAs, startQueue, stateOf, TestAgent } from "./queue.fixture.ts";

test("executions reach an agent in the order of their arrival, no more than its credits", async () => {
  await using here = await queueWorld();
  const ids = await activate(here.database, ...[1, 2, 3].map((n) => activation("A", { inputs: { n } })));
  const agent = new TestAgent("a1");
  await agent.connect(here.database, here.queue, 2);
  const first = await agent.next();
  const second = await agent.next();
  expect([first.executionId, second.executionId]).toEqual(ids.slice(0, 2));
  expect(first).toMatchObject({ attemptNo: 1, pipelineId: "test#A", inputs: '{"n":1}' });
  expect(await stateOf(here.database, ids[2] ?? "")).toBe("waiting 0");
  here.queue.grant(agent.session as never, 1);
  expect((await agent.next()).executionId).toBe(ids[2]);
});

test("a result is settled once, and the second one changes nothing", async () => {
  await using here = await queueWorld();
  const agent = new TestAgent("a1");
  await agent.connect(here.database, here.queue, 1);
  const [id = ""] = await activate(here.database, activation("A"));
  const dispatch = await agent.next();
  expect(await here.queue.settle(agent.sessionId, ended(dispatch))).toBe(true);
  expect(await stateOf(here.database, id)).toBe("succeeded 1");
  expect(await here.queue.settle(agent.sessionId, ended(dispatch, { outcome: "failed" }))).toBe(false);
  expect(await stateOf(here.database, id)).toBe("succeeded 1");
});

test("a failed attempt is retried until the attempts are used up, then it is a dead letter", async () => {
  await using here = await queueWorld();
  const agent = new TestAgent("a1");
  await agent.connect(here.database, here.queue, 3);
  const [id = ""] = await activate(here.database, activation("A", { maxAttempts: 2 }));
  for (const attemptNo of [1, 2]) {
    const dispatch = await agent.next();
    expect(dispatch.attemptNo).toBe(attemptNo);
    await here.queue.settle(agent.sessionId, ended(dispatch, { outcome: "failed", error: '{"message":"no"}' }));
  }
  expect(await stateOf(here.database, id)).toBe("dead_lettered 2");
  const letters = await here.database.query({ name: "", text: "select reason, error::text from dead_letters" });
  expect(letters).toEqual([{ reason: "attempts_used_up", error: '{"message":"no"}' }]);
});

test("an exit code ends the execution without a retry", async () => {
  await using here = await queueWorld();
  const agent = new TestAgent("a1");
  await agent.connect(here.database, here.queue, 1);
  const [id = ""] = await activate(here.database, activation("A"));
  await here.queue.settle(agent.sessionId, ended(await agent.next(), { outcome: "failed", exitCode: 3 }));
  expect(await stateOf(here.database, id)).toBe("failed 1");
});

test("an execution past its agent's lease is claimed by another agent, and the first one's result is refused", async () => {
  await using here = await queueWorld();
  const lost = new TestAgent("lost");
  await lost.connect(here.database, here.queue, 1, 1);
  // The lease of a millisecond is over by now: the claim refuses this agent, so give it one that lasts for the claim.
  await here.database.query({ name: "", text: "update agents set lease_until = now() + interval '1 hour'" });
  const [id = ""] = await activate(here.database, activation("A"));
  const first = await lost.next();
  await here.database.query({
    name: "",
    text: "update agents set lease_until = now() - interval '1 s' where agent_id = 'lost'",
  });
  const other = new TestAgent("other");
  await other.connect(here.database, here.queue, 1);
  const second = await other.next();
  expect(second).toMatchObject({ executionId: id, attemptNo: 2 });
  expect(await here.queue.settle(lost.sessionId, ended(first))).toBe(false);
  expect(await here.queue.settle(other.sessionId, ended(second))).toBe(true);
  const attempts = await here.database.query({
    name: "",
    text: "select attempt_no, agent_id, outcome from attempts order by attempt_no",
  });
  expect(attempts).toEqual([
    { attempt_no: 1, agent_id: "lost", outcome: "lost" },
    { attempt_no: 2, agent_id: "other", outcome: "succeeded" },
  ]);
});

test("what an agent that sleeps through its lease cannot have goes to another, and its stream ends", async () => {
  await using here = await queueWorld();
  const asleep = new TestAgent("asleep");
  await asleep.connect(here.database, here.queue, 100);
  const awake = new TestAgent("awake");
  await awake.connect(here.database, here.queue, 1);
  await here.database.query({
    name: "",
    text: "update agents set lease_until = now() - interval '1 s' where agent_id = 'asleep'",
  });
  const [id = ""] = await activate(here.database, activation("A"));
  expect(await awake.next()).toMatchObject({ executionId: id, attemptNo: 1 });
  expect([asleep.isEnded, awake.isEnded]).toEqual([true, false]);
});

test("a new process of an agent ends the attempts of the old one at once", async () => {
  await using here = await queueWorld();
  const before = new TestAgent("a1");
  await before.connect(here.database, here.queue, 1);
  const [id = ""] = await activate(here.database, activation("A"));
  await before.next();
  here.queue.detach(before.session as never);
  const after = new TestAgent("a1");
  await after.connect(here.database, here.queue, 1);
  expect(await after.next()).toMatchObject({ executionId: id, attemptNo: 2 });
});

test("with one attempt allowed a lost execution is a dead letter whose outcome is unknown", async () => {
  await using here = await queueWorld();
  const before = new TestAgent("a1");
  await before.connect(here.database, here.queue, 1);
  const [id = ""] = await activate(here.database, activation("A", { maxAttempts: 1 }));
  await before.next();
  here.queue.detach(before.session as never);
  await new TestAgent("a1").connect(here.database, here.queue, 1);
  expect(await stateOf(here.database, id)).toBe("dead_lettered 1");
  const letters = await here.database.query({ name: "", text: "select reason from dead_letters" });
  expect(letters).toEqual([{ reason: "outcome_unknown" }]);
});

test("an attempt that the agent holds survives a new stream of the same session", async () => {
  await using here = await queueWorld();
  const agent = new TestAgent("a1");
  await agent.connect(here.database, here.queue, 2);
  const [kept = "", unknown = ""] = await activate(here.database, activation("A"), activation("B"));
  const first = await agent.next();
  await agent.next();
  here.queue.detach(agent.session as never);
  const session = await here.queue.attach(agent, { held: [{ executionId: kept, attemptNo: 1 }], lost: [] });
  expect(await stateOf(here.database, kept)).toBe("running 1");
  here.queue.grant(session, 1);
  expect(await agent.next()).toMatchObject({ executionId: unknown, attemptNo: 2 });
  expect(await here.queue.settle(agent.sessionId, ended(first))).toBe(true);
});

test("an execution that did not reach its agent waits again, and uses up no attempt", async () => {
  await using here = await queueWorld();
  const agent = new TestAgent("a1");
  await agent.connect(here.database, here.queue, 1);
  const [id = ""] = await activate(here.database, activation("A", { maxAttempts: 1 }));
  await agent.next();
  here.queue.detach(agent.session as never);
  const session = await here.queue.attach(agent, { held: [], lost: [] });
  here.queue.grant(session, 1);
  const again = await agent.next();
  expect(again).toMatchObject({ executionId: id, attemptNo: 2 });
  expect(await here.queue.settle(agent.sessionId, ended(again))).toBe(true);
  expect(await stateOf(here.database, id)).toBe("succeeded 2");
});

test("an execution that its agent took and lost uses up an attempt", async () => {
  await using here = await queueWorld();
  const agent = new TestAgent("a1");
  await agent.connect(here.database, here.queue, 1);
  const [id = ""] = await activate(here.database, activation("A", { maxAttempts: 1 }));
  const lost = await agent.next();
  here.queue.detach(agent.session as never);
  await here.queue.attach(agent, { held: [], lost: [lost] });
  expect(await stateOf(here.database, id)).toBe("dead_lettered 1");
});

test("a stream begins again where an older one of its agent took work after it", async () => {
  await using here = await queueWorld();
  const agent = new TestAgent("a1");
  await agent.connect(here.database, here.queue, 1);
  const old = agent.session as AgentSession;
  const [id = ""] = await activate(here.database, activation("A", { maxAttempts: 1 }));
  await agent.next();
  // A stream that nobody has seen the end of yet: what goes down there is lost.
  const session = await here.queue.attach(agent, { held: [{ executionId: id, attemptNo: 1 }], lost: [] });
  here.queue.grant(old, 1);
  await activate(here.database, activation("B", { maxAttempts: 1 }));
  await agent.next();
  here.queue.detach(old);
  await agent.ended();
  expect(agent.isEnded).toBe(true);
  here.queue.detach(session);
});

test("what another controller claimed and did not send is asked for when its shards come", async () => {
  await using store = await createTestDatabase();
  const { database } = store;
  const first = await startQueue(database, "c1", 20);
  const agent = new TestAgent("a1");
  await agent.connect(database, first.queue, 1);
  const [id = ""] = await activate(database, activation("A"));
  // It never arrives.
  await agent.next();
  await using second = await startQueue(database, "c2", 20);
  const session = await second.queue.attach(agent, { held: [], lost: [] });
  await first[Symbol.asyncDispose]();
  await agent.ended();
  second.queue.detach(session);
  second.queue.grant(await second.queue.attach(agent, { held: [], lost: [] }), 1);
  expect(await agent.next()).toMatchObject({ executionId: id, attemptNo: 2 });
});

test("a controller that starts anew takes over what waits and what runs", async () => {
  await using store = await createTestDatabase();
  const { database } = store;
  const agent = new TestAgent("a1");
  let dispatch;
  let ids: string[] = [];
  {
    await using first = await startQueue(database, "c1");
    await agent.connect(database, first.queue, 1);
    ids = await activate(database, activation("A"), activation("B"));
    dispatch = await agent.next();
  }
  await using second = await startQueue(database, "c2");
  const session = await second.queue.attach(agent, { held: [dispatch], lost: [] });
  expect(await second.queue.settle(agent.sessionId, ended(dispatch))).toBe(true);
  second.queue.grant(session, 1);
  expect(await agent.next()).toMatchObject({ executionId: ids[1], attemptNo: 1 });
});

test("an execution bound to a host waits for an agent of that host and holds up nobody", async () => {
  await using here = await queueWorld();
  const [bound = "", free = ""] = await activate(here.database, activation("A", { host: "h2" }), activation("B"));
  const one = new TestAgent("a1", "h1");
  await one.connect(here.database, here.queue, 5);
  expect((await one.next()).executionId).toBe(free);
  const two = new TestAgent("a2", "h2");
  await two.connect(here.database, here.queue, 5);
  expect((await two.next()).executionId).toBe(bound);
});

test("an execution waits for the agent that has its plan ready, and goes to another one once that has it, too", async () => {
  await using here = await queueWorld();
  const [without, ready] = [new TestAgent("a1"), new TestAgent("a2")];
  without.standing = "failed";
  await without.connect(here.database, here.queue, 9);
  await ready.connect(here.database, here.queue, 1);
  const ids = await activate(here.database, activation("A"), activation("A"), activation("A"));
  expect((await ready.next()).executionId).toBe(ids[0]);
  here.queue.grant(ready.session as never, 1);
  expect((await ready.next()).executionId).toBe(ids[1]);
  without.standing = "ready";
  here.queue.readinessChanged();
  expect((await without.next()).executionId).toBe(ids[2]);
});

test("waiting work is cancelled at once, running work is told to stop", async () => {
  await using here = await queueWorld();
  const [waiting = ""] = await activate(here.database, activation("A"));
  expect(await here.queue.cancel(waiting, "cancel", "by hand")).toBe("cancelled");
  const agent = new TestAgent("a1");
  await agent.connect(here.database, here.queue, 1);
  const [running = ""] = await activate(here.database, activation("B"));
  const dispatch = await agent.next();
  expect(await here.queue.cancel(running, "kill", "by hand")).toBe("told");
  expect(await agent.nextCancel()).toMatchObject({ executionId: running, attemptNo: 1, mode: "kill" });
  const end = settledAs(here.queue, running);
  await here.queue.settle(agent.sessionId, ended(dispatch, { outcome: "cancelled" }));
  expect(await end).toBe("cancelled");
  expect(await here.queue.cancel(running, "kill", "again")).toBe("ended");
});

test("an execution that waits for a person frees its place, and is dispatched as soon as it is approved", async () => {
  await using here = await queueWorld();
  const agent = new TestAgent("a1");
  await agent.connect(here.database, here.queue, 1);
  const [id = ""] = await activate(here.database, activation("A", { maxAttempts: 1 }));
  const dispatch = await agent.next();
  const { agentId, sessionId } = agent;
  const asked = { executionId: id, attemptNo: 1, sessionId, agentId };
  await requestApprovals(here.database, asked, [{ nodeId: "run.0", message: "?", timeoutSeconds: 3_600 }]);
  const waits = ended(dispatch, { outcome: "waiting", waitsFor: ["run.0"] });
  expect(await here.queue.settle(sessionId, waits)).toBe(true);
  expect(await here.queue.settle(sessionId, waits)).toBe(false);
  expect(await stateOf(here.database, id)).toBe("waiting 1");
  here.queue.grant(agent.session as never, 1);
  // By now the queue knows when it is due at the latest; a decision is sooner.
  const [other] = await activate(here.database, activation("B"));
  expect((await agent.next()).executionId).toBe(other);
  here.queue.grant(agent.session as never, 1);
  const decision = { nodeId: "run.0", decision: "approved", decidedBy: "ann", reply: "" } as const;
  await decideApproval(here.database, id, decision);
  expect(await agent.next()).toMatchObject({ executionId: id, attemptNo: 2 });
});

test("a failure that a person decided is not retried", async () => {
  await using here = await queueWorld();
  const agent = new TestAgent("a1");
  await agent.connect(here.database, here.queue, 1);
  const [id = ""] = await activate(here.database, activation("A"));
  await here.queue.settle(agent.sessionId, ended(await agent.next(), { outcome: "failed", isFinal: true }));
  expect(await stateOf(here.database, id)).toBe("failed 1");
});
