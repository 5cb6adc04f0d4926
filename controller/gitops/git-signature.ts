/** Whether a commit is signed by one of some keys: of ssh, by git's allowed signers, and of OpenPGP, by gpg. */
import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import type { SimpleGit } from "simple-git";
import type { Environment } from "./git-access.ts";

const run = promisify(execFile);
const gpgMs = 30_000;

export type SignatureVerdict =
  | { readonly kind: "signed" }
  | {
      readonly kind: "refused";
      readonly reason: "Unsigned" | "SignatureRefused" | "KeysUnusable";
      readonly message: string;
    };

export interface SignatureCheck {
  readonly commit: string;
  /** Public keys as ssh-keygen writes them, lines of an allowed_signers file, or armoured OpenPGP keys. */
  readonly keys: string;
  readonly folder: string;
  readonly environment: Environment;
  readonly git: (environment: Environment) => SimpleGit;
}

export interface SignerKeys {
  readonly ssh: readonly string[];
  readonly openPgp: readonly string[];
}

export async function checkSignature({
  commit,
  keys,
  folder,
  environment,
  git,
}: SignatureCheck): Promise<SignatureVerdict> {
  const header = (await git(environment).raw(["cat-file", "commit", commit])).split("\n\n", 1)[0] ?? "";
  const short = commit.slice(0, 12);
  if (!/^gpgsig(?:-sha256)? /m.test(header)) return refused("Unsigned", `commit ${short} is not signed`);
  const { ssh, openPgp } = parseKeys(keys);
  if (ssh.length + openPgp.length === 0)
    return refused("KeysUnusable", "the secret of verify.keysFrom holds no public key");
  const own = mkdtempSync(join(folder, "signers-"));
  try {
    const ownEnvironment = await layKeys(own, ssh, openPgp, environment);
    await git(ownEnvironment).raw(["verify-commit", "--", commit]);
    return { kind: "signed" };
  } catch (error) {
    if (error instanceof UnusableKeys) return refused("KeysUnusable", error.message);
    return refused("SignatureRefused", `commit ${short} is signed, but not by a key of verify.keysFrom`);
  } finally {
    rmSync(own, { recursive: true, force: true });
  }
}

class UnusableKeys extends Error {}

/** Git's configuration and the keys, in a folder that is this check's alone. */
async function layKeys(
  folder: string,
  ssh: readonly string[],
  openPgp: readonly string[],
  environment: Environment,
): Promise<Environment> {
  const signers = join(folder, "allowed_signers");
  writeFileSync(signers, `${ssh.join("\n")}\n`, { mode: 0o600 });
  const configuration = join(folder, "gitconfig");
  writeFileSync(configuration, `[safe]\n\tdirectory = *\n[gpg "ssh"]\n\tallowedSignersFile = ${signers}\n`, {
    mode: 0o600,
  });
  const own = { ...environment, GIT_CONFIG_GLOBAL: configuration, GNUPGHOME: folder, HOME: folder };
  if (openPgp.length === 0) return own;
  const file = join(folder, "keys.asc");
  writeFileSync(file, openPgp.join("\n"), { mode: 0o600 });
  await run("gpg", ["--batch", "--no-autostart", "--quiet", "--import", file], { env: own, timeout: gpgMs }).catch(
    () => {
      throw new UnusableKeys("gpg is not there, or cannot read the OpenPGP keys of verify.keysFrom");
    },
  );
  return own;
}

const armoured = /-----BEGIN PGP PUBLIC KEY BLOCK-----[^]*?-----END PGP PUBLIC KEY BLOCK-----/g;
const bareKey = /^(?:sk-)?(?:ssh|ecdsa)-[\w@.-]+ /;

/** A bare key may sign as anybody; a line of allowed_signers says itself for whom it counts. */
export function parseKeys(text: string): SignerKeys {
  const lines = text
    .replace(armoured, "")
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "" && !line.startsWith("#"));
  const ssh = lines.map((line) => (bareKey.test(line) ? `* namespaces="git" ${line}` : line));
  return { ssh, openPgp: text.match(armoured) ?? [] };
}

const refused = (
  reason: Extract<SignatureVerdict, { kind: "refused" }>["reason"],
  message: string,
): SignatureVerdict => ({ kind: "refused", reason, message });
