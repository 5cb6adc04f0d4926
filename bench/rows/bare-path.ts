/**
 * The least that a durable *simple* execution costs: its activation committed in groups, a fenced claim, a frame to an
 * agent process, a call in a warm Python process, its outcome committed in groups. No order, no admission, no
 * conversion, no logs, no security: what is above it is what those cost.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { fileURLToPath } from "node:url";
import { Client } from "pg";
import { onFrames, toFrame } from "./frames.ts";

export interface BareRequest {
  readonly id: string;
  readonly text: string;
}

export interface BareOutcome {
  readonly id: string;
  readonly attempt: number;
  readonly state: "succeeded";
  readonly outputs: { readonly upper: string };
}

const limits = { batch: 500, credits: 1_000 } as const;
const agentProgram = fileURLToPath(new URL("./bare-agent.ts", import.meta.url));

/** Executions per second with `waiting` of them in the system at any time, after as many again to warm up. */
export async function barePath(url: string, count: number, waiting: number): Promise<number> {
  const path = await BarePath.start(url);
  try {
    await path.run(count, waiting);
    const startedAt = performance.now();
    await path.run(count, waiting);
    return (count / (performance.now() - startedAt)) * 1_000;
  } finally {
    await path.stop();
  }
}

class BarePath {
  readonly #clients: readonly Client[];
  readonly #ended = new Map<string, () => void>();
  readonly #activate: Group<BareRequest>;
  readonly #claim: Group<BareRequest>;
  readonly #settle: Group<BareOutcome>;
  #credits: number = limits.credits;
  #agent: ChildProcess | undefined;
  #socket: Socket | undefined;

  private constructor(clients: readonly [Client, Client, Client]) {
    this.#clients = clients;
    const [activating, claiming, settling] = clients;
    this.#activate = new Group(
      () => limits.batch,
      async (batch) => {
        await activating.query({
          ...queries.activate,
          values: [batch.map(({ id }) => id), batch.map((one) => one.text)],
        });
        this.#claim.add(batch);
      },
    );
    this.#claim = new Group(
      () => Math.min(limits.batch, this.#credits),
      async (batch) => {
        this.#credits -= batch.length;
        await claiming.query({ ...queries.claim, values: [batch.map(({ id }) => id)] });
        this.#socket?.write(toFrame(batch));
      },
    );
    this.#settle = new Group(
      () => limits.batch,
      async (batch) => {
        const outputs = batch.map((one) => JSON.stringify(one.outputs));
        const values = [batch.map(({ id }) => id), batch.map(({ attempt }) => attempt), outputs];
        await settling.query({ ...queries.settle, values });
        this.#credits += batch.length;
        for (const { id } of batch) this.#end(id);
        this.#claim.add([]);
      },
    );
  }

  static async start(url: string): Promise<BarePath> {
    const connected = async () => {
      const client = new Client({ connectionString: url });
      await client.connect();
      return client;
    };
    const path = new BarePath([await connected(), await connected(), await connected()]);
    await path.#clients[0]?.query(schema);
    await path.#listen();
    return path;
  }

  async run(count: number, waiting: number): Promise<void> {
    let left = count;
    const one = async () => {
      while (left-- > 0) await this.#execute("hello world");
    };
    await Promise.all(Array.from({ length: waiting }, one));
  }

  async stop(): Promise<void> {
    this.#agent?.kill("SIGKILL");
    this.#socket?.destroy();
    await Promise.all(this.#clients.map((client) => client.end()));
  }

  async #listen(): Promise<void> {
    const server = createServer();
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    this.#agent = spawn(process.execPath, [agentProgram, String(port)], { stdio: "inherit" });
    const [socket] = (await once(server, "connection")) as [Socket];
    server.close();
    this.#socket = socket.setNoDelay(true);
    onFrames(socket, (batches) => this.#settle.add(batches.flat() as BareOutcome[]));
  }

  #execute(text: string): Promise<void> {
    const id = randomUUID();
    return new Promise((resolve) => {
      this.#ended.set(id, resolve);
      this.#activate.add([{ id, text }]);
    });
  }

  #end(id: string): void {
    this.#ended.get(id)?.();
    this.#ended.delete(id);
  }
}

/** What arrives while a commit runs is committed together after it. */
class Group<Item> {
  readonly #size: () => number;
  readonly #commit: (batch: Item[]) => Promise<void>;
  #items: Item[] = [];
  #isBusy = false;

  constructor(size: () => number, commit: (batch: Item[]) => Promise<void>) {
    this.#size = size;
    this.#commit = commit;
  }

  add(items: readonly Item[]): void {
    this.#items.push(...items);
    if (!this.#isBusy) void this.#run();
  }

  async #run(): Promise<void> {
    this.#isBusy = true;
    await new Promise(setImmediate);
    while (this.#items.length > 0 && this.#size() > 0) await this.#commit(this.#items.splice(0, this.#size()));
    this.#isBusy = false;
  }
}

const schema = `
  create table bare_execution (
    id uuid primary key, pipeline text not null, dedupe_key text unique, context jsonb, inputs jsonb,
    queue integer, priority integer, enqueued_at timestamptz default now(), state smallint default 0,
    attempt_no integer default 0, lease_until timestamptz, outcome text, outputs jsonb, ended_at timestamptz);
  create index on bare_execution (queue, priority desc, enqueued_at) where state = 0`;

const queries = {
  activate: {
    name: "activate",
    text: `insert into bare_execution (id, pipeline, dedupe_key, context, inputs, queue, priority)
      select id, 'bench>Bare#Up', id::text, '{"timestamp":"2026"}', jsonb_build_object('text', text), 1, 1
      from unnest($1::uuid[], $2::text[]) as new (id, text) on conflict do nothing`,
  },
  claim: {
    name: "claim",
    text: `update bare_execution
      set state = 1, attempt_no = attempt_no + 1, lease_until = now() + interval '10 seconds'
      where id = any ($1) and state = 0`,
  },
  settle: {
    name: "settle",
    text: `update bare_execution set state = 2, outcome = 'succeeded', outputs = new.outputs, ended_at = now()
      from unnest($1::uuid[], $2::integer[], $3::jsonb[]) as new (id, attempt_no, outputs)
      where bare_execution.id = new.id and bare_execution.attempt_no = new.attempt_no and state = 1`,
  },
} as const;
