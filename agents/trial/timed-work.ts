/** What a trial's clock has to know of: work that takes its own time. */
import type { ExecutionParts } from "../execute/execution.ts";
import type { TrialClock } from "./trial-clock.ts";

export function timedRuntimes(
  runtimes: ExecutionParts["runtimes"],
  clock: Pick<TrialClock, "during">,
): ExecutionParts["runtimes"] {
  return {
    call: (call, hooks) => clock.during(() => runtimes.call(call, hooks)),
    problemOf: (confinement) => runtimes.problemOf(confinement),
    endAttempt: (attempt) => runtimes.endAttempt(attempt),
  };
}

export function timedLibrary(
  library: ExecutionParts["library"],
  clock: Pick<TrialClock, "during">,
): ExecutionParts["library"] {
  return {
    openSession: (attempt) => {
      const session = library.openSession(attempt);
      const [call, close, end] = [session.call.bind(session), session.close.bind(session), session.end.bind(session)];
      session.call = (...given) => clock.during(() => call(...given));
      session.close = (...given) => clock.during(() => close(...given));
      session.end = () => clock.during(end);
      return session;
    },
  };
}
