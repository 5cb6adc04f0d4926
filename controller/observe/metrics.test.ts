import { expect, test } from "vitest";
import { sampleAt } from "./host-sample.fixture.ts";
import { ControllerMetrics } from "./metrics.ts";

test("hosts of connected agents are gauges, and leave with their agent", async () => {
  const metrics = new ControllerMetrics();
  metrics.setHost("a", sampleAt(0, 12.5));
  metrics.setHost("b", sampleAt(0, 50));
  const shown = await metrics.text();
  expect(shown).toContain('polyglot_host_cpu_percent{agent="a"} 12.5');
  expect(shown).toContain('polyglot_host_gpu_busy_percent{agent="b",gpu="0"} 37');
  expect(shown).toContain('polyglot_host_workers_processes{agent="a"} 3');
  metrics.forgetHost("b");
  const left = await metrics.text();
  expect(left).toContain('agent="a"');
  expect(left).not.toContain('agent="b"');
});
