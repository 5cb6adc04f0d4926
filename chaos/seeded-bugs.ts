/**
 * Bugs that the harness has to notice. They exist only in copies of the built programs (`patched-tree.ts`), never in the
 * product: a text of a file is replaced, and has to be there exactly once.
 */
import type { Guarantee } from "./guarantee.ts";

export interface Change {
  /** Relative to the root of the repository. */
  readonly file: string;
  readonly from: string;
  readonly to: string;
}

export interface SeededBug {
  readonly name: string;
  readonly guarantee: Guarantee["id"];
  readonly faults: number;
  /** `holds`: one line of defence is gone, and the next one has to do. */
  readonly expected: "BROKEN" | "holds";
  readonly changes: readonly Change[];
}

/** An agent that notices no end of its lease: whatever it has, it tells. */
const stubborn: readonly Change[] = [
  {
    file: "agents/dist/link/lease-watch.js",
    from: "if (!this.#lease.isOver(this.#parts.clock.monotonic()))\n            return;",
    to: "return;",
  },
  { file: "agents/dist/main/lease-guard-thread.js", from: "    killDescendants(root);\n", to: "" },
];

const settle = "controller/store/queries/settle.sql";

export const seededBugs: readonly SeededBug[] = [
  {
    name: "one more than there are places",
    guarantee: "G15",
    faults: 3,
    expected: "BROKEN",
    changes: [{ file: "controller/dist/queue/start-gates.js", from: ">= max)", to: "> max)" }],
  },
  {
    name: "a restart forgets how far schedules were told",
    guarantee: "G7",
    faults: 3,
    expected: "BROKEN",
    changes: [
      {
        file: "controller/store/queries/read-schedules.sql",
        from: "extract(epoch from told_until)",
        to: "extract(epoch from clock_timestamp())",
      },
      {
        file: "controller/store/queries/tell-schedules.sql",
        from: "\n  and schedules.told_until = told.from_until",
        to: "",
      },
    ],
  },
  {
    name: "more attempts than allowed after a lost one",
    guarantee: "G5",
    faults: 6,
    expected: "BROKEN",
    changes: [
      {
        file: "controller/dist/queue/next-state.js",
        from: "if (isRetried && attemptNo < maxAttempts)",
        to: 'if (outcome === "lost" || (isRetried && attemptNo < maxAttempts))',
      },
      {
        file: "controller/store/migrations/0001-initial.sql",
        from: "  check (attempt_no <= max_attempts),\n",
        to: "",
      },
    ],
  },
  {
    name: "a lost attempt is called a failed one",
    guarantee: "G5",
    faults: 6,
    expected: "BROKEN",
    changes: [
      {
        file: "controller/dist/queue/next-state.js",
        from: '"outcome_unknown"',
        to: '"attempts_used_up"',
      },
    ],
  },
  {
    name: "acknowledged before the commit",
    guarantee: "G1",
    faults: 10,
    expected: "BROKEN",
    changes: [
      {
        file: "controller/dist/triggers/activator.js",
        from: 'return prepared.kind === "refused" ? prepared : this.#commitsTo(prepared.activation).add(prepared.activation);',
        to: `if (prepared.kind === "refused") return prepared;
            setTimeout(() => this.#commitsTo(prepared.activation).add(prepared.activation).catch(() => undefined), 50);
            return { kind: "activated", executionId: prepared.activation.activationId };`,
      },
    ],
  },
  {
    name: "a webhook's delivery is forgotten",
    guarantee: "G2",
    faults: 60,
    expected: "BROKEN",
    changes: [
      {
        file: "controller/dist/triggers/endpoints/to-occurrence.js",
        from: "const dedupeKey = key === undefined ? null : short(key);",
        to: "const dedupeKey = null;",
      },
    ],
  },
  {
    name: "a key that is looked at before the insert, and not by it",
    guarantee: "G2",
    faults: 300,
    expected: "BROKEN",
    changes: [
      {
        file: "controller/store/migrations/0001-initial.sql",
        from: "create unique index activations_by_dedupe_key",
        to: "create index activations_by_dedupe_key",
      },
      {
        file: "controller/store/queries/activate.sql",
        from: "on conflict (pipeline_id, dedupe_key) where dedupe_key is not null do nothing",
        to: "",
      },
    ],
  },
  {
    name: "bodies are taken without end",
    guarantee: "G14",
    faults: 1_000,
    expected: "BROKEN",
    changes: [
      {
        file: "controller/dist/api/read-body.js",
        from: "if (this.#held + bytes > limits.totalBytes)",
        to: "if (false)",
      },
    ],
  },
  {
    name: "what is refused is not told when to come again",
    guarantee: "G14",
    faults: 1_000,
    expected: "BROKEN",
    changes: [
      {
        file: "controller/dist/triggers/endpoints/trigger-request.js",
        from: 'headers: { "retry-after": String(Math.max(1, Math.ceil(waitMs / 1_000))) }',
        to: "headers: {}",
      },
    ],
  },
  {
    name: "cleanup only where the run ended well",
    guarantee: "G9",
    faults: 7,
    expected: "BROKEN",
    changes: [
      {
        file: "agents/dist/execute/unit.js",
        from: "frame.execution.noteCleanup(await cleanUp(body.cleanup, frame));",
        to: 'if (flow.kind === "next") frame.execution.noteCleanup(await cleanUp(body.cleanup, frame));',
      },
    ],
  },
  {
    name: "an abandoned cleanup is not said",
    guarantee: "G9",
    faults: 7,
    expected: "BROKEN",
    changes: [{ file: "controller/dist/queue/settler.js", from: 'cleanup: "abandoned"', to: 'cleanup: "none"' }],
  },
  {
    name: "a dead letter without its error",
    guarantee: "G8",
    faults: 2,
    expected: "BROKEN",
    changes: [
      {
        file: settle,
        from: "    dead_letter_reason,\n    error,\n    ended.ended_at,\n",
        to: "    dead_letter_reason,\n    null,\n    ended.ended_at,\n",
      },
    ],
  },
  {
    name: "a retry for each time that it is asked for",
    guarantee: "G8",
    faults: 2,
    expected: "BROKEN",
    changes: [{ file: "controller/dist/api/replays.js", from: "retry ? `retry:${of}` :", to: "retry ? null :" }],
  },
  {
    name: "an agent that tells of work after its lease",
    guarantee: "G3",
    faults: 1,
    expected: "holds",
    changes: stubborn,
  },
  {
    name: "the same, and a store that takes any result",
    guarantee: "G3",
    faults: 1,
    expected: "BROKEN",
    changes: [
      ...stubborn,
      {
        file: "controller/dist/queue/queue-manager.js",
        from: "const attempt = await this.#running.find(result.executionId, result.attemptNo);",
        to: `const attempt = (await this.#running.find(result.executionId, result.attemptNo)) ?? {
            ...{ maxAttempts: 3, pipelineId: "", planDigest: "", queue: "", shard: "", agentId: "" },
            ...{ executionId: result.executionId, attemptNo: result.attemptNo, sessionId },
        };`,
      },
      { file: settle, from: "    and executions.attempt_no = ended.attempt_no\n", to: "" },
      { file: settle, from: "    and executions.session_id = ended.session_id\n", to: "" },
      { file: settle, from: "    and executions.state = 'running'\n", to: "" },
      {
        file: settle,
        from: "  from ended\n  join settled using (execution_id)\n),\nburied as",
        to: "  from ended\n  join settled using (execution_id)\n  on conflict (execution_id, attempt_no) do update\n  set outcome = excluded.outcome, outputs = excluded.outputs\n),\nburied as",
      },
    ],
  },
  {
    name: "what a command has put aside is not looked for",
    guarantee: "G10",
    faults: 7,
    expected: "BROKEN",
    changes: [
      {
        file: "agents/dist/stdlib/contained/command-process.js",
        from: "await endMarked(this.#mark, this.#clock);",
        to: "",
      },
    ],
  },
  {
    name: "a look at what is used every five seconds",
    guarantee: "G10",
    faults: 7,
    expected: "BROKEN",
    changes: [{ file: "agents/dist/execute/excess.js", from: "lookMs: 100", to: "lookMs: 5_000" }],
  },
  {
    name: "an agent that ends with a worker",
    guarantee: "G11",
    faults: 2,
    expected: "BROKEN",
    changes: [
      {
        file: "agents/dist/pool/worker.js",
        from: 'this.#state = "ended";\n        for',
        to: 'if (end.kind === "signal" && !this.#isStopped) process.exit(1);\n        this.#state = "ended";\n        for',
      },
    ],
  },
];
