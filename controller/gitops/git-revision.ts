/** Which commit of a repository is wanted: a branch's, a tag's, or that of the newest tag in a range of versions. */
import type { GitRepositorySpec } from "@polyglot/contracts";
import { maxSatisfying, valid } from "semver";

export type GitRevision =
  | { readonly kind: "branch" | "tag"; readonly name: string }
  /** Only where somebody asks for it: an object never names one. */
  | { readonly kind: "commit"; readonly name: string }
  | { readonly kind: "semver"; readonly range: string };

/** A ref of the remote, and the commit behind it. */
export interface RemoteRef {
  readonly ref: string;
  readonly commit: string;
}

const defaultBranch = "main";

export function revisionOf({ branch, tag, semver }: Pick<GitRepositorySpec, "branch" | "tag" | "semver">): GitRevision {
  if (semver !== undefined) return { kind: "semver", range: semver };
  return tag === undefined ? { kind: "branch", name: branch ?? defaultBranch } : { kind: "tag", name: tag };
}

/** As a person reads it: `main`, `tag v1.2`, `semver ^1.2`. */
export function revisionText(revision: GitRevision): string {
  if (revision.kind === "semver") return `semver ${revision.range}`;
  return revision.kind === "branch" ? revision.name : `${revision.kind} ${revision.name}`;
}

/** What `ls-remote` is asked for. An annotated tag is listed a second time, with `^{}`, at its commit. */
export function refPatterns(revision: GitRevision): string[] {
  if (revision.kind === "commit") return [revision.name];
  if (revision.kind === "branch") return [`refs/heads/${revision.name}`];
  const tags = revision.kind === "tag" ? `refs/tags/${revision.name}` : "refs/tags/*";
  return [tags, `${tags}^{}`];
}

/** The ref that the revision means; undefined where the remote has none. */
export function chooseRef(revision: GitRevision, listing: string): RemoteRef | undefined {
  // A remote lists no commits: whether it has this one is seen when it is fetched.
  if (revision.kind === "commit") return { ref: revision.name, commit: revision.name };
  const refs = readListing(listing);
  const name = revision.kind === "semver" ? newestTag(revision.range, refs) : refPatterns(revision)[0];
  const commit = name === undefined ? undefined : refs.get(name);
  return name === undefined || commit === undefined ? undefined : { ref: name, commit };
}

export function missingRefText(revision: GitRevision): string {
  if (revision.kind === "semver") return `the repository has no tag in the range '${revision.range}'`;
  return `the repository has no ${revision.kind} '${revision.name}'`;
}

/** Commits by ref; that of an annotated tag is the commit behind it. */
function readListing(listing: string): ReadonlyMap<string, string> {
  const refs = new Map<string, string>();
  for (const line of listing.split("\n")) {
    const [commit = "", ref = ""] = line.split("\t");
    const isCommitOfTag = ref.endsWith("^{}");
    const name = isCommitOfTag ? ref.slice(0, -"^{}".length) : ref;
    if (name !== "" && (isCommitOfTag || !refs.has(name))) refs.set(name, commit);
  }
  return refs;
}

/** Versions with or without `v`; other tags are passed over. */
function newestTag(range: string, refs: ReadonlyMap<string, string>): string | undefined {
  const byVersion = new Map<string, string>();
  for (const ref of refs.keys()) {
    const version = valid(ref.slice("refs/tags/".length));
    if (version !== null) byVersion.set(version, ref);
  }
  const newest = maxSatisfying([...byVersion.keys()], range);
  return newest === null ? undefined : byVersion.get(newest);
}

const commitPattern = /^[0-9a-f]{40}(?:[0-9a-f]{24})?$/;
const namePattern = /^(?!-)[\w./-]{1,200}$/;

/** What a person names: a commit in full, `tag NAME` as `tags/NAME`, else a branch. Undefined: it is none of them. */
export function parseRevision(text: string): GitRevision | undefined {
  if (commitPattern.test(text)) return { kind: "commit", name: text };
  if (!namePattern.test(text)) return undefined;
  const tag = /^(?:refs\/)?tags\/(.+)$/.exec(text)?.[1];
  return tag === undefined ? { kind: "branch", name: text } : { kind: "tag", name: tag };
}
