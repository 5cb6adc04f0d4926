import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
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

/** What is sent, seen by a plain HTTP server: that a database takes it is shown in `time-series.test.ts`. */
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
