import { silentLogger, systemClock } from "@polyglot/service";
import { expect, test } from "vitest";
import { createTestDatabase } from "../store/test-database.ts";
import { MetricsHistory } from "./history.ts";
import { sampleAt } from "./host-sample.fixture.ts";

const minute = Date.parse("2026-01-15T10:30:00Z");

test("figures of hosts and GPUs are rolled up by minute, over several flushes", async () => {
  await using here = await createTestDatabase();
  const history = new MetricsHistory(here.database, systemClock, silentLogger);
  history.addHost("a", sampleAt(minute, 10));
  history.addHost("a", sampleAt(minute + 59_999, 30));
  history.addHost("a", sampleAt(minute + 60_000, 90));
  await history.flush();
  history.addHost("a", sampleAt(minute + 1_000, 80));
  await history.flush();
  const rows = (name: string) =>
    here.database.query({
      name: "",
      text: `select minute, gpu, samples::int, total, lowest, highest from host_history where name = '${name}' order by 1`,
    });
  expect(await rows("cpu_percent")).toEqual([
    { minute: new Date(minute), gpu: -1, samples: 3, total: 120, lowest: 10, highest: 80 },
    { minute: new Date(minute + 60_000), gpu: -1, samples: 1, total: 90, lowest: 90, highest: 90 },
  ]);
  expect(await rows("gpu_busy_percent")).toMatchObject([{ gpu: 0, total: 111 }, { gpu: 0 }]);
  expect(await rows("gpu_power_watts")).toEqual([]);
});
