/** Starts `bare-webhooks.ts` on a PostgreSQL and asks it as our own port is asked. */
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { WebhookTarget } from "./webhooks.ts";

const program = fileURLToPath(new URL("./bare-webhooks.ts", import.meta.url));
const secret = "a secret of the bare peer";

export async function withBareWebhooks<Answer>(
  databaseUrl: string,
  measure: (target: WebhookTarget) => Promise<Answer>,
): Promise<Answer> {
  const folder = mkdtempSync(join(tmpdir(), "polyglot-bench-bare-"));
  const [key, certificate] = [join(folder, "key.pem"), join(folder, "certificate.pem")];
  const made = ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2"];
  const names = ["-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"];
  execFileSync("openssl", [...made, ...names, "-keyout", key, "-out", certificate], { stdio: "ignore" });
  const ca = readFileSync(certificate, "utf8");
  const env = { DATABASE_URL: databaseUrl, CERTIFICATE: ca, KEY: readFileSync(key, "utf8"), SECRET: secret };
  const child = spawn(process.execPath, [program], { env, stdio: ["ignore", "pipe", "inherit"] });
  try {
    const [line] = (await once(child.stdout, "data")) as [Buffer];
    const url = `https://127.0.0.1:${line.toString("utf8").trim()}`;
    return await measure({ url, ca, path: "/", secret });
  } finally {
    child.kill("SIGKILL");
    rmSync(folder, { recursive: true, force: true });
  }
}
