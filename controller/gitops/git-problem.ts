/** Why a repository could not be had, in words that a person can act on. Pure. */
import { type GitRevision, missingRefText } from "./git-revision.ts";

/** `refused` needs a person before it can get better; `unreachable` may get better by itself. */
export type SourceProblem = {
  readonly kind: "refused" | "unreachable";
  readonly reason: string;
  readonly message: string;
};

/** Text of git's own that goes into a message. */
const messageCharacters = 500;

export function toProblem(error: unknown, revision: GitRevision): SourceProblem {
  const text = (error instanceof Error ? error.message : String(error)).trim();
  if (/couldn't find remote ref/.test(text)) return unreachable(missingRefText(revision));
  if (/Host key verification failed|no matching host key/i.test(text)) {
    return refused("HostKeyUnknown", "no line of spec.knownHosts is the server's key");
  }
  if (/redirect/i.test(text) && /unable to update url base|The requested URL returned error: 30\d/i.test(text)) {
    return refused(
      "Redirected",
      "the server names another address, where the credentials are not sent: write it as url",
    );
  }
  if (
    /Authentication failed|could not read (?:Username|Password)|Permission denied \(|returned error: 40[13]/.test(text)
  ) {
    return refused("AuthenticationFailed", "the server does not accept the credentials of spec.credentialsFrom");
  }
  return unreachable(text === "" ? "git failed without a message" : text.slice(0, messageCharacters));
}

const refused = (reason: string, message: string): SourceProblem => ({ kind: "refused", reason, message });
const unreachable = (message: string): SourceProblem => ({ kind: "unreachable", reason: "FetchFailed", message });
