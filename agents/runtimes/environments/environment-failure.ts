/** What package clients say when a build fails, in few words. */

/** The environment cannot be built as it is asked for; the message is for whoever wrote the file. */
export class EnvironmentFailure extends Error {}

/** Sentences shown; what follows repeats them. */
const maxLines = 6;

const wordOfClient = /^(?:error:|npm (?:error|ERR!)) ?(?:code \w+$)?/i;
const noise = /^(?:A complete log of this run|\s*$|.*\.npm\/_logs|To update, run|\[notice\])/;

export function describeFailure(reason: string, output: string): string {
  const lines = output.split("\n").map((line) => line.trim());
  const said = lines.filter((line) => wordOfClient.test(line)).map((line) => line.replace(wordOfClient, "").trim());
  const words = [...new Set(said)].filter((line) => !noise.test(line)).slice(0, maxLines);
  const last = lines.filter((line) => !noise.test(line)).slice(-maxLines);
  const shown = words.length > 0 ? words : last;
  return shown.length === 0 ? reason : shown.join("\n");
}

const unreachable =
  /NewConnectionError|Temporary failure in name resolution|Name or service not known|ConnectTimeoutError|ReadTimeoutError|Read timed out|Connection (?:refused|reset|aborted|broken)|Network is unreachable|ProxyError|50[234] (?:Server Error|Bad Gateway|Service Unavailable|Gateway)|\b(?:ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|ERR_SOCKET_TIMEOUT)\b/;

/** Whether the build failed because something on the network did not answer, so that a later try may succeed. */
export const isUnreachable = (output: string): boolean => unreachable.test(output);
