import { expect, test } from "vitest";
import { formatDiagnostic } from "../index.ts";
import { parseObjects } from "./parse-objects.ts";

const document = `\
apiVersion: polyglot.dev/v1
kind: Queue
metadata: { name: etl-fast }
spec:
  type: FIFO
  timeout: 5 min
  paused: "yes"
  retry: { jitter: 3, maxAttempts: 0, on: [] }
  concurrency: 5
  alerts: {}
  rateLimit: { limit: 2.5 }
  admission: { memoryFree: 2 GB }
`;

test("a finding says what is allowed and what stands there", () => {
  const [file] = parseObjects(new Map([["q.yaml", new TextEncoder().encode(document)]])).files;
  const lines = file?.findings
    .list()
    .map((found) => formatDiagnostic(found).replace(/^q\.yaml:(.*): error PG7003/, "$1"));
  expect(lines?.join("\n")).toBe(`\
3:19: metadata.name: must be letters, digits and underscores, so that #Queue can have it, got "etl-fast"
5:9: spec.type: must be fifo, lifo, priority or deadline, got "FIFO"
    did you mean 'fifo'?
6:12: spec.timeout: must be a duration such as "30s" or "1h30m", got "5 min"
7:11: spec.paused: must be true or false, got "yes"
8:20: spec.retry.jitter: must be at most 1, got 3
8:36: spec.retry.maxAttempts: must be at least 1, got 0
8:39: spec.retry.on: must be a list of at least 1, got an empty list
9:16: spec.concurrency: must be a map, got 5
10:3: spec.alerts: must be a list, got a map
11:23: spec.rateLimit.limit: must be a whole number, got 2.5
12:28: spec.admission.memoryFree: must be an amount of bytes such as "512Mi" or "2G", got "2 GB"`);
});
