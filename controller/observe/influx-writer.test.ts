import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { type AddressInfo, createServer as createTcpServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { create } from "@bufbuild/protobuf";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import { MetricsSampleSchema } from "@polyglot/contracts/service";
import { silentLogger, systemClock } from "@polyglot/service";
import { expect, test } from "vitest";
import { sampleAt } from "./host-sample.fixture.ts";
import { InfluxWriter } from "./influx-writer.ts";

const writerTo = (url: string): InfluxWriter =>
  new InfluxWriter({ url, token: "t", organisation: "o", bucket: "b" }, systemClock, silentLogger);

const cost = (timeMs: number) =>
  create(MetricsSampleSchema, {
    pipelineId: "io.test>A#B",
    nodeId: "run.0",
    metrics: { cpuTimeMs: 5, durationMs: 7 },
    timestamp: timestampFromMs(timeMs),
  });

/** What is sent, seen by a plain HTTP server: that a database takes it is tested below, where there is one. */
test("hosts, GPUs and costs are lines with their own times, sent as the organisation's bucket wants it", async () => {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const arrival = once(server, "request") as Promise<[IncomingMessage, ServerResponse]>;
  const writer = writerTo(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  writer.addHost("agent-1", sampleAt(1_000, 12.5));
  writer.add(cost(2_000));
  const stopped = writer.stop();
  const [request, response] = await arrival;
  const body = await text(request);
  response.writeHead(204).end();
  await stopped;
  expect(request.url).toBe("/api/v2/write?org=o&bucket=b&precision=ms");
  expect(request.headers.authorization).toBe("Token t");
  const [host, gpu, step] = body.split("\n");
  expect(host).toMatch(/^polyglot_host,agent=agent-1 .*\bcpu_percent=12\.5,.* 1000$/);
  expect(gpu).toBe(
    "polyglot_host,agent=agent-1,gpu=0 gpu_busy_percent=37,gpu_memory_total_bytes=0,gpu_memory_used_bytes=5 1000",
  );
  expect(step).toMatch(/^polyglot_cost,pipeline=io\.test>A#B,step=run\.0 .*\bcpu_time_ms=5,.* 2000$/);
  server.close();
});

const program = "victoria-metrics";
const isThere = spawnSync(program, ["--version"]).error === undefined;

test.skipIf(!isThere)("VictoriaMetrics takes what is written", async () => {
  const folder = mkdtempSync(join(tmpdir(), "polyglot-victoria-"));
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const database = spawn(program, [`-storageDataPath=${folder}`, `-httpListenAddr=127.0.0.1:${port}`], {
    stdio: ["ignore", "ignore", "pipe"],
  });
  await listens(database.stderr);
  const at = Math.floor(systemClock.now() / 1000) * 1000 - 60_000;
  const writer = writerTo(url);
  writer.addHost("agent-1", sampleAt(at, 12.5));
  writer.add(cost(at));
  await writer.stop();
  await fetch(`${url}/internal/force_flush`);
  const valueOf = async (query: string): Promise<unknown> => {
    const answer = await fetch(`${url}/api/v1/query?query=${encodeURIComponent(query)}&time=${at / 1000 + 1}`);
    return ((await answer.json()) as { data: { result: { value: unknown[] }[] } }).data.result[0]?.value[1];
  };
  expect(await valueOf('polyglot_host_cpu_percent{agent="agent-1"}')).toBe("12.5");
  expect(await valueOf('polyglot_host_gpu_busy_percent{agent="agent-1",gpu="0"}')).toBe("37");
  expect(await valueOf('polyglot_cost_cpu_time_ms{pipeline="io.test>A#B",step="run.0"}')).toBe("5");
  database.kill("SIGKILL");
  await once(database, "close");
  rmSync(folder, { recursive: true });
});

/** Its log says so; it goes on being read, or the database would end with its pipe. */
function listens(log: Readable): Promise<void> {
  let seen = "";
  return new Promise((resolve) => {
    log.on("data", (part: Buffer) => {
      seen += part.toString();
      if (seen.includes("pprof handlers are exposed")) resolve();
    });
  });
}

async function freePort(): Promise<number> {
  const server = createTcpServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}
