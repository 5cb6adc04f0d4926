import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join as joinPath } from "node:path";
import { create, type MessageInitShape } from "@bufbuild/protobuf";
import { Code, ConnectError } from "@connectrpc/connect";
import { sha256 } from "@polyglot/contracts";
import {
  type AttemptProgress,
  AttemptProgressSchema,
  AttemptResultSchema,
  type ExecutionRequest,
  type ExecutionRequestSchema,
  LogLineSchema,
} from "@polyglot/contracts/service";
import { silentLogger, systemClock } from "@polyglot/service";
import { afterEach, expect, test } from "vitest";
import { CallGivenUp } from "./attempt-calls.ts";
import { FixtureController } from "./controller.fixture.ts";
import { IdentityFile } from "./identity.ts";
import { Link } from "./link.ts";
import type { LinkHandlers } from "./link-parts.ts";
import { Membership, NotAMember } from "./membership.ts";

const closing: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

/** A link that has joined the fixture, and what it was told. */
class Agent {
  readonly requests: ExecutionRequest[] = [];
  readonly lapsed: number[] = [];
  progress: AttemptProgress[] = [];
  readonly link: Link;
  readonly membership: Membership;
  #wake: () => void = () => undefined;

  constructor(controller: FixtureController, data: string, options: { token?: string; capacity?: number } = {}) {
    this.membership = new Membership({
      agentId: "agent-1",
      file: new IdentityFile(data),
      controllers: [controller.url],
      clock: systemClock,
      logger: silentLogger,
      authority: controller.authority,
      token: options.token ?? controller.token,
    });
    this.link = new Link({
      controllers: [controller.url],
      sessionId: "session-1",
      capacity: options.capacity ?? 4,
      clock: systemClock,
      logger: silentLogger,
      identity: () => this.membership.identity,
      handlers: this.#handlers(),
    });
  }

  async start(): Promise<void> {
    await this.membership.start();
    closing.push(() => this.membership.stop());
    closing.push(() => this.link.stop());
    await this.link.start();
  }

  async until(holds: () => boolean): Promise<void> {
    while (!holds()) await new Promise<void>((resolve) => (this.#wake = resolve));
  }

  /** Ends an attempt as the executioner would. */
  succeed(request: Pick<ExecutionRequest, "executionId" | "attemptNo">): void {
    const { executionId, attemptNo } = request;
    this.link.report(create(AttemptResultSchema, { executionId, attemptNo, outcome: "succeeded" }));
    this.link.leave(request);
  }

  #handlers(): LinkHandlers {
    return {
      facts: () => ({
        host: "host-1",
        cores: 4,
        labels: { zone: "a" },
        runtimes: [{ name: "python", version: "3.11.2", usable: true }],
        planDigests: ["sha256:p"],
        bundleDigests: ["sha256:b"],
        containment: { level: "strong" },
        version: "0.1.0",
      }),
      hostSample: () => undefined,
      checkReadings: () => [],
      progress: () => this.progress,
      onExecutions: (requests) => {
        this.requests.push(...requests);
        this.#wake();
      },
      onCancellations: () => this.#wake(),
      onWatches: () => this.#wake(),
      onPrepare: () => this.#wake(),
      onLease: () => undefined,
      onLapse: () => {
        this.lapsed.push(systemClock.monotonic());
        this.#wake();
      },
    };
  }
}

async function startController(): Promise<FixtureController> {
  const controller = new FixtureController();
  await controller.start();
  closing.push(() => controller.stop());
  return controller;
}

function folder(): string {
  const path = mkdtempSync(joinPath(tmpdir(), "polyglot-link-"));
  closing.push(() => rmSync(path, { recursive: true }));
  return path;
}

async function startAgent(controller: FixtureController, options?: { capacity?: number }): Promise<Agent> {
  const agent = new Agent(controller, folder(), options);
  await agent.start();
  return agent;
}

const request = (executionId: string, attemptNo = 1): MessageInitShape<typeof ExecutionRequestSchema> => ({
  executionId,
  attemptNo,
  pipelineId: "a>b#P",
});

const attemptA = { executionId: "a", attemptNo: 1 };

const resultsOf = (controller: FixtureController): string[] =>
  controller.messages.flatMap((message) =>
    message.results.map(({ executionId, attemptNo }) => `${executionId}/${attemptNo}`),
  );

test("an agent joins with its token once, keeps its key to itself, and greets with what it has", async () => {
  const controller = await startController();
  const data = folder();
  const agent = new Agent(controller, data);
  await agent.start();
  const [hello] = await controller.until((messages) => messages.length > 0);
  expect(hello?.hello).toMatchObject({
    sessionId: "session-1",
    host: "host-1",
    capacity: 4,
    planDigests: ["sha256:p"],
  });
  expect(statSync(joinPath(data, "identity.json")).mode & 0o777).toBe(0o600);
  const again = new Agent(controller, data, { token: "of no use any more" });
  await again.start();
  expect(controller.streams).toBe(2);
});

test("an agent whose certificate is another installation's joins anew", async () => {
  const data = folder();
  await new Agent(await startController(), data).start();
  const controller = await startController();
  const agent = new Agent(controller, data);
  await agent.start();
  expect(agent.membership.identity.authority).toBe(controller.authority);
});

test("a token that the controller does not know ends the start with its words", async () => {
  const controller = await startController();
  const agent = new Agent(controller, folder(), { token: "wrong" });
  await expect(agent.start()).rejects.toThrow(NotAMember);
  await expect(agent.start()).rejects.toThrow("the join token is unknown");
});

test("a certificate is renewed before it ends", async () => {
  const controller = await startController();
  controller.certificateLifeMs = 3_000;
  const agent = await startAgent(controller);
  const { certificate } = agent.membership.identity;
  while (agent.membership.identity.certificate === certificate) await systemClock.sleep(20);
  expect(agent.membership.identity.certificate).not.toBe(certificate);
});

test("credits are granted up to the capacity, spent by requests, and granted again when places are free", async () => {
  const controller = await startController();
  const agent = await startAgent(controller, { capacity: 3 });
  await controller.until(() => controller.credits === 3);
  controller.send({ executions: [request("a"), request("b"), request("c")] });
  await agent.until(() => agent.requests.length === 3);
  for (const one of agent.requests) agent.succeed(one);
  await controller.until(() => controller.credits === 6);
  expect(resultsOf(controller).sort()).toEqual(["a/1", "b/1", "c/1"]);
});

test("a request that comes twice is taken once", async () => {
  const controller = await startController();
  const agent = await startAgent(controller, { capacity: 2 });
  controller.send({ executions: [request("a"), request("a")] });
  controller.send({ executions: [request("a"), request("b")] });
  await agent.until(() => agent.requests.some(({ executionId }) => executionId === "b"));
  expect(agent.requests.map(({ executionId }) => executionId)).toEqual(["a", "b"]);
});

test("a result is sent again on a new stream until it is settled", async () => {
  const controller = await startController();
  controller.answers.settles = false;
  const agent = await startAgent(controller);
  controller.send({ executions: [request("a")] });
  await agent.until(() => agent.requests.length === 1);
  agent.succeed(request("a") as ExecutionRequest);
  await controller.until(() => resultsOf(controller).length === 1);
  controller.cut();
  await controller.until(() => resultsOf(controller).length === 2);
  const hellos = controller.messages.flatMap(({ hello }) => (hello === undefined ? [] : [hello]));
  expect(hellos.at(-1)?.held).toMatchObject([{ executionId: "a", attemptNo: 1 }]);
  controller.send({ settled: [{ executionId: "a", attemptNo: 1 }], executions: [request("mark")] });
  await agent.until(() => agent.requests.length === 2);
  agent.succeed(request("mark") as ExecutionRequest);
  controller.send({ settled: [{ executionId: "mark", attemptNo: 1 }] });
  controller.answers.settles = true;
  await agent.link.drain();
  expect(resultsOf(controller).filter((result) => result === "a/1")).toHaveLength(2);
});

test("the result of a branch that goes on is sent once its parent is settled, and the branch is held all the time", async () => {
  const controller = await startController();
  controller.answers.settles = false;
  const agent = await startAgent(controller);
  controller.send({ executions: [request("a")] });
  await agent.until(() => agent.requests.length === 1);
  const branch = { executionId: "branch", attemptNo: 1 };
  agent.link.adopt(branch, attemptA);
  agent.link.report(create(AttemptResultSchema, { executionId: "a", attemptNo: 1, outcome: "succeeded" }));
  agent.link.report(create(AttemptResultSchema, { ...branch, outcome: "succeeded" }));
  await controller.until(() => resultsOf(controller).length === 1);
  controller.cut();
  await controller.until(() => resultsOf(controller).length === 2);
  const hellos = controller.messages.flatMap(({ hello }) => (hello === undefined ? [] : [hello]));
  expect(
    hellos
      .at(-1)
      ?.held.map(({ executionId }) => executionId)
      .sort(),
  ).toEqual(["a", "branch"]);
  controller.answers.settles = true;
  controller.send({ settled: [{ executionId: "a", attemptNo: 1 }] });
  await controller.until(() => resultsOf(controller).includes("branch/1"));
  expect(resultsOf(controller)).toEqual(["a/1", "a/1", "branch/1"]);
});

test("a call of an attempt is sent again until a controller answers it", async () => {
  const controller = await startController();
  const agent = await startAgent(controller);
  controller.send({ executions: [request("a")] });
  await agent.until(() => agent.requests.length === 1);
  const cut = Promise.withResolvers<void>();
  controller.onReadState = async () => {
    controller.onReadState = async () => "2";
    controller.cut();
    cut.resolve();
    return new Promise(() => undefined);
  };
  const { value } = await agent.link.ask(attemptA, AbortSignal.timeout(60_000), (client, options) =>
    client.readState({ key: "k" }, options),
  );
  await cut.promise;
  expect(Buffer.from(value ?? []).toString()).toBe("2");
});

test("a call of a branch waits until the controller knows it", async () => {
  const controller = await startController();
  controller.answers.settles = false;
  controller.onReadState = async () => "1";
  const agent = await startAgent(controller);
  controller.send({ executions: [request("a")] });
  await agent.until(() => agent.requests.length === 1);
  const branch = { executionId: "branch", attemptNo: 1 };
  agent.link.adopt(branch, attemptA);
  agent.succeed(request("a") as ExecutionRequest);
  await controller.until(() => resultsOf(controller).length === 1);
  const order: string[] = [];
  const ask = async (attempt: { executionId: string; attemptNo: number }, name: string) => {
    await agent.link.ask(attempt, AbortSignal.timeout(60_000), (client, options) =>
      client.readState({ key: "k" }, options),
    );
    order.push(name);
  };
  const asked = ask(branch, "branch");
  await ask(attemptA, "parent");
  controller.send({ settled: [{ executionId: "a", attemptNo: 1 }] });
  await asked;
  expect(order).toEqual(["parent", "branch"]);
});

test("a call whose step has ended is given up, and what a controller refuses is not asked again", async () => {
  const controller = await startController();
  const agent = await startAgent(controller);
  const ended = AbortSignal.abort();
  const ask = (signal: AbortSignal) =>
    agent.link.ask(attemptA, signal, (client, options) => client.readState({ key: "k" }, options));
  await expect(ask(ended)).rejects.toThrow(CallGivenUp);
  controller.onReadState = async () => {
    throw new ConnectError("no", Code.FailedPrecondition);
  };
  await expect(ask(AbortSignal.timeout(60_000))).rejects.toThrow("no");
});

test("a result made while no controller is there reaches the one that comes back", async () => {
  const controller = await startController();
  const agent = await startAgent(controller);
  controller.send({ executions: [request("a")] });
  await agent.until(() => agent.requests.length === 1);
  await controller.stop();
  agent.succeed(request("a") as ExecutionRequest);
  await controller.start();
  await controller.until(() => resultsOf(controller).length === 1);
  expect(resultsOf(controller)).toEqual(["a/1"]);
});

test("an agent that drains is given nothing more, and ends when all that it has is settled", async () => {
  const controller = await startController();
  const agent = await startAgent(controller);
  controller.send({ executions: [request("a")] });
  await agent.until(() => agent.requests.length === 1);
  const drained = agent.link.drain();
  await controller.until(() => controller.streams === 2 && controller.openStreams === 1);
  agent.succeed(request("a") as ExecutionRequest);
  await drained;
  expect(resultsOf(controller)).toEqual(["a/1"]);
  expect(controller.credits).toBe(0);
});

test("credits of a broken stream are void, and a new one is granted what is free", async () => {
  const controller = await startController();
  const agent = await startAgent(controller, { capacity: 3 });
  await controller.until(() => controller.credits === 3);
  controller.send({ executions: [request("a")] });
  await agent.until(() => agent.requests.length === 1);
  controller.cut();
  await controller.until(() => controller.streams === 2 && controller.credits > 0);
  expect(controller.credits).toBe(2);
});

test("an occurrence is sent again until it is committed", async () => {
  const controller = await startController();
  controller.answers.settles = false;
  const agent = await startAgent(controller);
  agent.link.occur({ pipelineId: "a>b#P", triggerKey: "t", path: "/x", event: "created", version: "1:2:3" });
  const seen = () => controller.messages.flatMap(({ occurrences }) => occurrences.map(({ number }) => number));
  await controller.until(() => seen().length === 1);
  controller.cut();
  await controller.until(() => seen().length === 2);
  expect(seen()).toEqual([1n, 1n]);
  expect(agent.link.waitingOccurrences).toBe(1);
  controller.send({ occurrencesSettled: [1n], executions: [request("mark")] });
  await agent.until(() => agent.requests.length === 1);
  expect(agent.link.waitingOccurrences).toBe(0);
});

test("work is lost when no heartbeat is answered in time, and its result is not told", async () => {
  const controller = await startController();
  controller.answers.welcome = { renewMs: 20, leaseMs: 1_500, stopMs: 1_000 };
  const agent = await startAgent(controller);
  controller.send({ executions: [request("a")] });
  await agent.until(() => agent.requests.length === 1);
  controller.answers.leases = false;
  await agent.until(() => agent.lapsed.length === 1);
  agent.succeed(request("a") as ExecutionRequest);
  controller.answers.leases = true;
  await controller.until(() => controller.streams === 2 && controller.credits === 4);
  expect(resultsOf(controller)).toEqual([]);
  expect(controller.messages.findLast(({ hello }) => hello !== undefined)?.hello?.held).toEqual([]);
});

test("a result that is told after the deadline is lost, also when nothing else noticed", async () => {
  const controller = await startController();
  controller.answers.welcome = { renewMs: 20, leaseMs: 1_500, stopMs: 1_000 };
  const agent = await startAgent(controller);
  controller.send({ executions: [request("a")] });
  await agent.until(() => agent.requests.length === 1);
  // The event loop is blocked past the deadline, as a long collection or a stopped process would do.
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1_200);
  agent.succeed(request("a") as ExecutionRequest);
  expect(agent.lapsed).toHaveLength(1);
  await controller.until(() => controller.streams === 2 && controller.credits === 4);
  expect(resultsOf(controller)).toEqual([]);
  expect(controller.messages.findLast(({ hello }) => hello !== undefined)?.hello?.held).toEqual([]);
});

test("one controller under two addresses is given the capacity once", async () => {
  const controller = await startController();
  controller.controllers = [`${controller.url}/`, controller.url.replace("127.0.0.1", "localhost")];
  await startAgent(controller, { capacity: 4 });
  await controller.until(() => controller.streams === 2 && controller.openStreams === 1);
  controller.cut();
  controller.controllers = [];
  await controller.until(() => controller.streams === 3 && controller.credits > 0);
  expect(controller.credits).toBe(4);
});

test("a heartbeat tells where running attempts stand", async () => {
  const controller = await startController();
  controller.answers.welcome = { renewMs: 50, leaseMs: 10_000, stopMs: 8_000 };
  const agent = await startAgent(controller);
  agent.progress = [create(AttemptProgressSchema, { executionId: "e", attemptNo: 1, steps: [{ nodeId: "run.0" }] })];
  const messages = await controller.until((all) => all.some(({ progress }) => progress?.attempts.length === 1));
  const told = messages.findLast(({ progress }) => progress !== undefined);
  expect(told?.heartbeat).toBeDefined();
  expect(told?.progress?.attempts[0]).toMatchObject({ executionId: "e", steps: [{ nodeId: "run.0" }] });
});

test("logs travel in order, and a bundle is verified on arrival", async () => {
  const controller = await startController();
  const agent = await startAgent(controller);
  for (let sequence = 1n; sequence <= 5_000n; sequence += 1n) {
    agent.link.log(create(LogLineSchema, { executionId: "a", attemptNo: 1, sequence, text: "x" }));
  }
  const lines = () => controller.messages.flatMap(({ logs }) => logs.map((line) => line.sequence));
  await controller.until(() => lines().length === 5_000);
  expect(lines()).toEqual(Array.from({ length: 5_000 }, (_, index) => BigInt(index + 1)));
  const archive = Buffer.alloc(5_000, "bundle");
  controller.bundles.set(sha256(archive), archive);
  controller.bundles.set(sha256("other"), archive);
  expect(Buffer.compare(await agent.link.fetchBundle(sha256(archive)), archive)).toBe(0);
  await expect(agent.link.fetchBundle(sha256("other"))).rejects.toThrow("arrived damaged");
});
