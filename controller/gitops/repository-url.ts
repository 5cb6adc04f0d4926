/** Where a repository may be: https and ssh; a folder of this machine only where a flag of the controller allows it. */
export type UrlVerdict =
  | { readonly kind: "allowed"; readonly protocol: GitProtocol }
  | { readonly kind: "refused"; readonly message: string };
export type GitProtocol = "https" | "ssh" | "file";

/** `user@host:path`, the short form of ssh. A leading hyphen would be an option to git or ssh. */
const shortSsh = /^[A-Za-z0-9_][\w.-]{0,63}@[A-Za-z0-9][A-Za-z0-9.-]{0,252}:[\w.~/][\w.~/-]*$/;
const protocols: Readonly<Record<string, GitProtocol>> = { "https:": "https", "ssh:": "ssh", "file:": "file" };
const maxLength = 2_000;

export function checkRepositoryUrl(url: string, allowFile: boolean): UrlVerdict {
  if (url.length > maxLength) return refused(`the URL is longer than ${maxLength} characters`);
  if (shortSsh.test(url)) return { kind: "allowed", protocol: "ssh" };
  if (!URL.canParse(url)) return refused(`'${url}' is not a URL; https://, ssh:// and user@host:path are`);
  const parsed = new URL(url);
  const protocol = protocols[parsed.protocol];
  if (protocol === undefined)
    return refused(`'${parsed.protocol}' is not allowed in a repository's URL; https and ssh are`);
  if (parsed.password !== "")
    return refused("a repository's URL may hold no password: it would be readable in its status");
  if (protocol === "file" && !allowFile) {
    return refused("file:// is allowed only where the controller runs with --allow-file-repositories");
  }
  if (parsed.hostname.startsWith("-") || parsed.username.startsWith("-"))
    return refused("a host or user may not begin with '-'");
  return { kind: "allowed", protocol };
}

const refused = (message: string): UrlVerdict => ({ kind: "refused", message });
