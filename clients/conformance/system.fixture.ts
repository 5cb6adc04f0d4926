/** A whole system with the pipelines that the libraries are tried on. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ApiClient } from "@polyglot/cli/client";
import { LocalSystem } from "@polyglot/cli/local/system";

const pipelines = String.raw`
[@] io.test>Clients
[D] @Work << py"./work.py"
[X]

[|] Shout
[i] text: pg\string
[i] Default times: pg\int << 3
[t] |T.Call
[r] @Work|shout << text << times: times >> loud: py\str
[o] >> loud
[x]

[|] Echo
[i] value: pg\any
[t] |T.Call
[r] @Work|echo << value >> same: pg\any
[o] >> same
[x]

[|] Break
[i] text: pg\string
[t] |T.Call
[r] @Work|fail << text >> never: py\str
[o] >> never
[x]

[|] Hang
[t] |T.Call
[r] @Work|hang >> never: py\str
[o] >> never
[x]
`;

const functions = `
import signal

def shout(text, times=1):
    print(f"shouting {times} times")
    return text.upper() + "!" * times

def echo(value):
    return value

def fail(text):
    raise ValueError(text)

def hang():
    print("hanging", flush=True)
    while True:
        signal.pause()
`;

export interface ClientsSystem {
  /** Programs that run here find the controller by its `.polyglot/endpoint.json`. */
  readonly folder: string;
  readonly url: string;
  readonly token: string;
  readonly ca: string;
  stop(): Promise<void>;
}

export async function startSystem(): Promise<ClientsSystem> {
  const folder = mkdtempSync(join(tmpdir(), "polyglot-clients-"));
  const dataFolder = join(folder, ".polyglot");
  const options = { dataFolder, dataRoot: folder, listen: "127.0.0.1:0", agentFlags: [], onNews: () => undefined };
  const system = new LocalSystem(options);
  const endpoint = await system.start();
  await applyPipelines(endpoint);
  return {
    folder,
    url: endpoint.url,
    token: endpoint.token,
    ca: endpoint.ca ?? "",
    async stop() {
      await system.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function applyPipelines(endpoint: ConstructorParameters<typeof ApiClient>[0]): Promise<void> {
  const api = new ApiClient(endpoint);
  const { diagnostics } = await api.call.apply({
    files: [
      { path: "clients.pg", content: Buffer.from(pipelines) },
      { path: "work.py", content: Buffer.from(functions) },
    ],
  });
  api.close();
  if (diagnostics.length > 0) throw new Error(diagnostics.map((one) => one.message).join("; "));
}
