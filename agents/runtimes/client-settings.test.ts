import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { downloadSettings } from "./client-settings.ts";

const sources = `[source.crates-io]
replace-with = "mirror"
[source.mirror]
registry = "sparse+https://index.example/"
args = [
  "[build]",
]
[registries.own]
index = "sparse+https://own.example/"
`;

test("builds of crates get what says where packages are, and not what runs programs or publishes", async () => {
  const home = await mkdtemp(join(tmpdir(), "polyglot-settings-"));
  await mkdir(join(home, ".cargo"));
  await writeFile(
    join(home, ".cargo", "config.toml"),
    `net.retry = 5
target-dir = "/elsewhere"
[build]
rustc-wrapper = "sccache" # faster
${sources}credential-provider = ["cargo:token-from-stdout", "/bin/id"]
[target.x86_64-unknown-linux-gnu]
linker = "lld"
[http]
cainfo = "/etc/own.pem"
`,
  );
  const environment = {
    HTTPS_PROXY: "http://proxy.example",
    CARGO_REGISTRIES_OWN_TOKEN: "reads",
    CARGO_REGISTRY_TOKEN: "publishes",
    CARGO_BUILD_RUSTC_WRAPPER: "sccache",
    PIP_INDEX_URL: "https://pip.example",
  };
  const cargo = await downloadSettings("cargo", environment, home);
  expect(cargo.variables).toEqual({ HTTPS_PROXY: "http://proxy.example", CARGO_REGISTRIES_OWN_TOKEN: "reads" });
  const text = Buffer.from(cargo.files.get(".cargo/config.toml") ?? []).toString("utf8");
  expect(text).toBe(`net.retry = 5
${sources}[http]
cainfo = "/etc/own.pem"

`);
  const plain = await downloadSettings("plain", environment, home);
  expect(plain).toEqual({ variables: { HTTPS_PROXY: "http://proxy.example" }, files: new Map() });
  await rm(home, { recursive: true });
});
