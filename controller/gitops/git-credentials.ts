/** What the value of a secret is to a repository: user and password or a token over https, a private key over ssh. */
import { checkRepositoryUrl } from "./repository-url.ts";

export type GitCredentials =
  | { readonly kind: "password"; readonly user: string; readonly password: string }
  | { readonly kind: "key"; readonly key: string };

/** The user to whom servers take a token for a password. */
const tokenUser = "x-access-token";
const keyBegin = /^-----BEGIN [A-Z ]*PRIVATE KEY-----/;

/**
 * Over https a value is the password alone where the URL names the user; else what stands before its first colon is the
 * user, and without a colon it is a token. Over ssh it is a private key without a passphrase. Messages tell nothing of it.
 */
export function parseGitCredentials(
  value: string,
  url: string,
): GitCredentials | { readonly kind: "problem"; readonly message: string } {
  const verdict = checkRepositoryUrl(url, true);
  const protocol = verdict.kind === "allowed" ? verdict.protocol : "file";
  if (protocol === "file") return problem("a file:// repository takes no credentials");
  if (protocol === "ssh") {
    if (!keyBegin.test(value))
      return problem("over ssh its value is to be a private key (-----BEGIN … PRIVATE KEY-----)");
    return { kind: "key", key: value.endsWith("\n") ? value : `${value}\n` };
  }
  if (keyBegin.test(value)) return problem("over https its value is to be user:password or a token, not a key");
  const line = value.replace(/\r?\n$/, "");
  if (/[\r\n]/.test(line)) return problem("over https its value is to be one line");
  const user = decodeURIComponent(new URL(url).username);
  if (user !== "") return { kind: "password", user, password: line };
  const colon = line.indexOf(":");
  if (colon < 0) return { kind: "password", user: tokenUser, password: line };
  return { kind: "password", user: line.slice(0, colon), password: line.slice(colon + 1) };
}

const problem = (message: string) => ({ kind: "problem", message }) as const;
