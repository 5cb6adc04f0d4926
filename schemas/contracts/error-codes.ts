/**
 * Codes of the answers that an API or a command gives when it refuses. Stable: programs match on them.
 * The docs page `docs/errors.md` lists the same codes; a test compares the two.
 */
export const errorCodes = {
  "input/missing": "An input without default has no value.",
  "input/unknown": "The pipeline has no input of that name.",
  "input/type": "A value is not of the input's type.",
  "pipeline/unknown": "No pipeline of that id is registered.",
  "pipeline/ambiguous": "More than one pipeline has that name.",
  "pipeline/not-ready": "The pipeline is registered but cannot run yet.",
  "pipeline/suspended": "A PipelineConfig lets nothing activate the pipeline for now.",
  "pipeline/full": "Too many events wait for the pipeline's other triggers.",
  "execution/unknown": "No execution has that id.",
  "execution/ended": "The execution has an outcome already.",
  "execution/not-ended": "The execution has no outcome yet.",
  "execution/no-approval": "The execution waits for no approval, or for several and none was named.",
  "dead-letter/unknown": "The execution is no dead letter.",
  "dead-letter/settled": "The dead letter is requeued, dropped or expired by now.",
  "artifact/unknown": "The execution keeps no artifact of that name.",
  "attempt/stale": "The attempt is not the running one; nothing was changed.",
  "state/kind": "The value in the state is not an int, or would leave the ints that are exact.",
  "secret/unknown": "No secret of that name is declared, or the store has no value of it.",
  "secret/no-value": "The secret is declared, and its value cannot be had.",
  "connection/unknown": "No connection of that name is declared.",
  "apply/owned": "A repository owns the namespace, so only a push changes it.",
  "apply/invalid": "The files have errors; nothing was applied.",
  "apply/moved": "What would be changed is not what it was when the plan was made; nothing was applied.",
  "apply/failed": "The store refused an object; the others are applied.",
  "git/refused": "A file of the repository is not read: a link, a submodule, too large, or badly named.",
  "auth/missing": "The request carries no credentials.",
  "auth/invalid": "The credentials are unknown, expired or revoked.",
  "auth/forbidden": "The credentials do not allow this.",
  "join/token": "The join token is unknown, used or expired.",
  "agent/unknown": "The certificate names no agent.",
  "request/invalid": "The request is not of the form that the method takes.",
  "request/too-large": "The request is larger than the limit.",
  "trigger/unknown": "No pipeline answers at this path, or not to this method.",
  "trigger/rate": "The endpoint is asked more often than its `rate:` allows.",
  "trigger/busy": "The queue of the pipeline is at its mark, or the controller holds too many requests.",
  "store/unavailable": "The store does not answer; nothing was accepted.",
} as const satisfies Record<string, string>;

export type ErrorCode = keyof typeof errorCodes;
