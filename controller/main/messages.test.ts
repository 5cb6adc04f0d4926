/** From an entry of a broker to the activation that holds it, over the real programs. */
import { Redis } from "ioredis";
import { PolyglotService } from "@polyglot/contracts/service";
import { expect, test } from "vitest";
import { redis } from "../triggers/messages/servers.fixture.ts";
import { ControllerFixture } from "./controller.fixture.ts";

const source = String.raw`[@] io.test>Messages
[X]
[|] Order
[i] body: pg\dict
[i] message_id: pg\string
[t] |T.Message.RedisStream << "orders" << schema: {"type": "object", "required": ["total"]}
[x]
`;

interface Row {
  readonly inputs: { readonly body: { readonly total: number }; readonly message_id: string };
  readonly dedupe_key: string;
}

const reason = "missing" in redis ? ` (${redis.missing})` : "";

test.skipIf("missing" in redis)(
  `entries of a stream start their pipeline once each, and what does not fit is a dead letter${reason}`,
  async () => {
    if ("missing" in redis) return;
    const server = await redis.start();
    const stream = new Redis(server.url, { protocol: 2 });
    stream.on("error", () => {});
    await using here = await ControllerFixture.start();
    const connection = `apiVersion: polyglot.dev/v1\nkind: Connection\nmetadata: { name: broker }\nspec: { type: redis, url: "${server.url}" }\n`;
    const send = (body: string) => stream.xadd("orders", "*", "body", body, "content_type", "application/json");
    await send('{"total": 0}');
    const client = here.client(PolyglotService, { token: here.localToken });
    const { diagnostics } = await client.apply({
      files: [
        { path: "messages.pg", content: Buffer.from(source) },
        { path: "broker.yaml", content: Buffer.from(connection) },
      ],
    });
    expect(diagnostics.map(({ message }) => message)).toEqual([]);
    await send('{"other": 1}');
    await send("{");
    for (let total = 1; total < 20; total++) await send(JSON.stringify({ total }));
    const dead: (string | undefined)[] = [];
    for (let last = "0"; dead.length < 2; ) {
      for (const [id, fields] of (await stream.xread("BLOCK", 0, "STREAMS", "orders.dead", last))?.[0]?.[1] ?? []) {
        dead.push(fields[fields.indexOf("polyglot-reason") + 1]);
        last = id;
      }
    }
    // They are decided at once, in any order.
    expect(new Set(dead)).toEqual(
      new Set([
        expect.stringContaining("the body is not application/json"),
        "the schema: /total must have required property 'total'",
      ]),
    );
    const rows = await settled(here, stream);
    expect(rows.map(({ inputs }) => inputs.body.total).toSorted((a, b) => a - b)).toEqual([...Array(20).keys()]);
    expect(new Set(rows.map(({ dedupe_key }) => dedupe_key)).size).toBe(20);
    stream.disconnect();
    await server.stop();
  },
  120_000,
);

/** Activations once nothing of the stream is left undecided: all was read, and nothing waits for its acknowledgement. */
async function settled(here: ControllerFixture, stream: Redis): Promise<readonly Row[]> {
  for (;;) {
    const [pending] = (await stream.xpending("orders", "polyglot.io.test>Messages#Order")) as [number];
    const rows = await here.store.database.query<Row>({
      name: "",
      text: "select inputs, dedupe_key from activations where pipeline_id = 'io.test>Messages#Order'",
    });
    if (pending === 0 && rows.length >= 20) return rows;
  }
}
