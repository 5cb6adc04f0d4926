/** The library for Python against a real system: each test is a Python program that asserts. */
import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type ClientsSystem, startSystem } from "./system.fixture.ts";

let system: ClientsSystem;

beforeAll(async () => {
  system = await startSystem();
});

afterAll(() => system.stop());

/** Runs a program that has the library, `raises` and `datetime` at hand; answers what it printed. */
async function check(program: string): Promise<string> {
  const env = { ...process.env, PYTHONPATH: join(import.meta.dirname, "../python"), PYTHONDONTWRITEBYTECODE: "1" };
  const { stdout } = await promisify(execFile)("python3", ["-c", prelude + program], { cwd: system.folder, env });
  return stdout.trim();
}

const prelude = `
import os, math, polyglot
from datetime import datetime, timedelta, timezone
from polyglot import Client, Tagged

def raises(kind, call):
    try:
        call()
    except kind as error:
        return error
    raise AssertionError(f"{kind.__name__} was not raised")
`;

test("a pipeline runs with inputs and answers its outputs", async () => {
  await check(`
result = polyglot.run("Shout", {"text": "hello", "times": 2})
assert result.state == "succeeded" and result.ended, result
assert result.outputs == {"loud": "HELLO!!"}, result
assert len(result.execution_id) == 36
`);
});

test("values come back as they were sent, with their types", async () => {
  await check(`
values = [
    None, True, "ä 🦀 \\n", 0, -(2**53 - 1), 2**64, -(10**40), 1.5, 1.0, 1e300, 0.1, float("inf"), float("-inf"),
    bytes([0, 255, 10]), [1, "a", [None]], {"a": 1, "b": {"c": [2**70]}}, {1: "one"}, {"$int": "no tag"},
    datetime(2026, 1, 15, 10, 30, 0, 250000, timezone.utc), datetime(1970, 1, 1, tzinfo=timezone.utc),
    timedelta(seconds=1.5), timedelta(days=2),
]
for value in values:
    same = polyglot.run("Echo", {"value": value}).outputs["same"]
    assert same == value and type(same) is type(value), (value, same)
assert math.isnan(polyglot.run("Echo", {"value": math.nan}).outputs["same"])
`);
});

test("the canonical form keeps what Python has no type for", async () => {
  await check(`
assert polyglot.encode(-0.0) == {"$float": "-0"}
assert polyglot.decode({"$enum": "a#B.C"}) == Tagged("$enum", "a#B.C")
assert polyglot.encode(Tagged("$range", [1, None])) == {"$range": [1, None]}
assert polyglot.decode({"$duration": {"months": 1, "seconds": 0}}).tag == "$duration"
assert polyglot.decode({"$map": [[[1, 2], 3]]}) == {(1, 2): 3}
assert polyglot.decode({"$datetime": "2026-01-15T10:30:00.123456789Z"}).microsecond == 123456
assert "time zone" in str(raises(TypeError, lambda: polyglot.encode(datetime(2026, 1, 1))))
assert "class object" in str(raises(TypeError, lambda: polyglot.encode(object())))
`);
});

test("what a step raises is raised with its type, message and trace", async () => {
  await check(`
error = raises(polyglot.ExecutionFailed, lambda: polyglot.run("Break", {"text": "no luck"}))
assert (error.type, error.message) == ("py\\\\!ValueError", "no luck"), (error.type, error.message)
assert "work.py" in error.trace and error.result.state == "dead_lettered", error.result
result = polyglot.run("Break", {"text": "no luck"}, check=False)
assert result.error.step == "run.0" and result.outputs == {}, result
`);
});

test("what the controller refuses is raised with its code and the input it is about", async () => {
  await check(`
error = raises(polyglot.ApiError, lambda: polyglot.run("Shout", {"text": 5}))
assert (error.code, error.field) == ("input/type", "text"), error
assert raises(polyglot.ApiError, lambda: polyglot.run("Nobody")).code == "pipeline/unknown"
`);
});

test("the same idempotency key starts one execution", async () => {
  await check(`
first, second = (polyglot.start("Shout", {"text": "once"}, idempotency_key="py-once") for _ in range(2))
assert first == second
assert polyglot.run("Shout", {"text": "once"}, idempotency_key="py-once").execution_id == first
`);
});

test("waiting ends with the time given, and cancelling ends the execution", async () => {
  await check(`
execution_id = polyglot.start("Hang")
for line in polyglot.logs(execution_id, follow=True):
    if line.text == "hanging":
        break
timeout = raises(polyglot.WaitTimeout, lambda: polyglot.wait(execution_id, timeout=0.01))
assert isinstance(timeout, TimeoutError) and timeout.execution_id == execution_id
polyglot.cancel(execution_id)
assert polyglot.wait(execution_id, check=False).state == "cancelled"
`);
});

test("log lines come with their step and level, followed until the end", async () => {
  await check(`
execution_id = polyglot.run("Shout", {"text": "a"}, wait=False).execution_id
[line] = polyglot.logs(execution_id, follow=True)
assert (line.step, line.level, line.text, line.attempt) == ("run.0", "info", "shouting 3 times", 1), line
assert line.at.year > 2020
assert raises(polyglot.ApiError, lambda: list(polyglot.logs("ffffffff"))).code == "execution/unknown"
`);
});

test("the controller of the environment is used, and a wrong token or authority is said", async () => {
  const { url, token, ca } = system;
  const program = `
url, token, ca = ${JSON.stringify([url, token, ca])}
open("ca.pem", "w").write(ca)
os.environ.update(POLYGLOT_URL=url, POLYGLOT_TOKEN=token, POLYGLOT_CA="ca.pem")
print(polyglot.run("Shout", {"text": "env"}).outputs["loud"])
assert raises(polyglot.ApiError, lambda: Client(url, "wrong", ca).start("Shout")).code == "auth/invalid"
assert "is not trusted" in str(raises(polyglot.Unreachable, lambda: Client(url, token).start("Shout")))
assert "https://" in str(raises(ValueError, lambda: Client("http://localhost", token)))
`;
  expect(await check(program)).toBe("ENV!!!");
});
