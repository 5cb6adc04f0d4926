import type { Case } from "../case.ts";
import { library, on, program, py, say, text, u, v } from "../program.ts";
import type { Servers } from "../servers.fixture.ts";

const get = "U.Network.HttpGet";
const post = "U.Network.HttpPost";
const seconds = (count: number) => ({ $duration: { months: 0, seconds: count } });

export const network = ({ http }: Pick<Servers, "http">): readonly Case[] => [
  {
    title: "a body of JSON comes as a value, with status and headers",
    plan: program({
      run: [
        u(get, [`${http}/data?a=1`], ["status", "body", "headers"]),
        u("U.Json.Get", [v("headers"), "content-type"], ["type"]),
      ],
      outputs: ["status", "body", "type"],
    }),
    expect: {
      outputs: {
        status: 200,
        body: { method: "GET", url: "/data?a=1", key: null, ratio: 1.5 },
        type: "application/json",
      },
    },
  },
  {
    title: "a status that is an error is a result",
    plan: program({ run: [u(get, [`${http}/missing`], ["status", "body"])], outputs: ["status", "body"] }),
    expect: { outputs: { status: 404, body: "not here" } },
  },
  {
    title: "a client of a wrapper has a base URL and headers",
    plan: program({
      wrappers: [library("W.Network.Http.Client", [`${http}/api`, { "X-Key": "k" }], ["web"])],
      run: [u(post, ["/items", { a: 1 }], ["status", "body"], { named: { client: v("web") } })],
      outputs: ["body"],
    }),
    expect: { outputs: { body: { method: "POST", url: "/api/items", key: "k", ratio: 1.5 } }, said: [] },
  },
  {
    title: "an address that the agent does not let is refused before a connection is made",
    plan: program({
      run: [
        u(get, ["http://0.0.0.0:1/latest/meta-data"], [], {
          handlers: [on("pg\\!PermissionError", [say(text("{e.type}"))], "e")],
        }),
      ],
    }),
    expect: { said: ["pg\\!PermissionError"] },
  },
  {
    title: "a redirect to such an address is refused, too",
    plan: program({ run: [u(get, [`${http}/away`])] }),
    expect: { outcome: "failed", error: { type: "pg\\!PermissionError", step: get } },
  },
  {
    title: "a server that does not answer in time is a timeout error",
    plan: program({ run: [u(get, [`${http}/never`], [], { named: { timeout: seconds(0.2) } })] }),
    expect: { outcome: "failed", error: { type: "pg\\!TimeoutError", step: get } },
  },
  {
    title: "a call that waits for an answer ends with its run",
    plan: program({
      run: [u(get, [`${http}/never`])],
      cleanup: [say("cleanup")],
      queue: { kill: { timeout_seconds: 0.5 } },
    }),
    expect: { outcome: "killed", cleanup: "done", said: ["cleanup"] },
  },
  {
    title: "a client is closed after an error, without a warning",
    plan: program({
      wrappers: [library("W.Network.Http.Client", [], ["web"])],
      run: [py("fail", ["ValueError", "boom"])],
    }),
    expect: { outcome: "failed", error: { type: "py\\!ValueError" }, said: [] },
  },
];
