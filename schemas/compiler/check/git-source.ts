/** `git+https://example.com/x.git@v1`: a repository, and a tag, branch or commit of it. */
export interface GitSource {
  readonly kind: "source";
  readonly url: string;
  readonly ref: string;
  /** As the import writes it: the name under which a caller gives the repository's files. */
  readonly key: string;
}

export interface RefusedSource {
  readonly kind: "refused";
  readonly message: string;
}

const maxLength = 2_000;
const schemes: ReadonlySet<string> = new Set(["git+https:", "git+ssh:"]);
const refPattern = /^[A-Za-z0-9][\w.-]{0,199}$/;

/** Whether an import's path is a URL, and no file or folder. */
export const isUrl = (path: string): boolean => /^[\w+.-]+:/.test(path);

/** What follows the last `@` after the last `/` is the version. */
export function parseGitSource(path: string): GitSource | RefusedSource {
  if (path.length > maxLength) return refused(`an import's URL has at most ${maxLength} characters`);
  const scheme = path.slice(0, path.indexOf(":") + 1);
  if (!schemes.has(scheme)) return refused(`'${scheme}' cannot be imported from; git+https:// and git+ssh:// can`);
  const at = path.lastIndexOf("@");
  const isVersioned = at > path.lastIndexOf("/");
  const address = isVersioned ? path.slice("git+".length, at) : path.slice("git+".length);
  const problem = problemOfUrl(address);
  if (problem !== undefined) return refused(problem);
  if (!isVersioned) return refused("the import names no version: write '@' and a tag, branch or commit after the URL");
  const ref = path.slice(at + 1);
  if (!refPattern.test(ref)) {
    return refused(
      `a version is letters, digits, '.', '_' and '-', and begins with one of the first two, got '${ref}'`,
    );
  }
  return { kind: "source", url: address, ref, key: path };
}

/** A password is not shown: findings are stored and sent. */
function problemOfUrl(address: string): string | undefined {
  if (!/^\w+:\/\//.test(address) || !URL.canParse(address))
    return "the import is not a URL such as git+https://example.com/x.git@v1";
  const { password, hostname, pathname, username } = new URL(address);
  if (password !== "") return "an import may hold no password: files go into git, and git holds no secrets";
  if (hostname.startsWith("-") || username.startsWith("-")) return "a host or user may not begin with '-'";
  return hostname === "" || pathname.length < 2 ? "the import names no repository on its host" : undefined;
}

const refused = (message: string): RefusedSource => ({ kind: "refused", message });
