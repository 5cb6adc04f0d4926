import { didYouMean, error, warning } from "../problem.ts";

export const flowProblems = {
  handlesNothing: error(
    "PG4001",
    "there is no step that this [!] could handle",
    "put it after the step, at its depth, or one level deeper under it",
  ),
  unreachable: error(
    "PG4002",
    "this line is never reached: the run has ended before it",
    "put the |Exit under a [?], or this line before it",
  ),
  labelArguments: error<[label: string]>("PG4003", (label) => `the label '${label}' of a branch takes no arguments`),
  labelTaken: error<[label: string]>(
    "PG4004",
    (label) => `'${label}' is the name of a pipeline, so it cannot be a label`,
  ),
  unknownLabel: error<[label: string, nearest: string | undefined]>(
    "PG4005",
    (label) => `no branch of this block is called '${label}'`,
    (_label, nearest) => didYouMean(nearest),
  ),
  waitCircle: error<[circle: string]>(
    "PG4006",
    (circle) => `these branches wait for each other: ${circle}`,
    "remove a <|< or a reading, so that one of them can start",
  ),
  raced: error<[name: string, fork: string]>(
    "PG4007",
    (name, fork) => `'${name}' belongs to the branch '${fork}', which is not joined yet`,
    "join the branch with [j] |JoinAll first",
  ),
  readFromBack: error<[name: string]>(
    "PG4008",
    (name) => `'${name}' comes from a [b] branch, which gives nothing back`,
    "fork it with [f], and join it first",
  ),
  boundTwice: error<[name: string, first: string, second: string]>(
    "PG4009",
    (name, first, second) => `the branches '${first}' and '${second}' both bind '${name}'`,
    "give one of the results another name",
  ),
  notJoined: error<[label: string]>(
    "PG4010",
    (label) => `the branch '${label}' is never joined`,
    "end it with [j] |JoinAll",
  ),
  joinsNothing: error("PG4011", "there is no open branch to join"),
  joinUnknown: error<[name: string, nearest: string | undefined]>(
    "PG4012",
    (name) => `no open branch binds '${name}'`,
    (_name, nearest) => didYouMean(nearest),
  ),
  lostByJoin: error<[name: string]>(
    "PG4013",
    (name) => `'${name}' cannot be read: the join took the first results only, and its branch may have been cancelled`,
  ),
  copyWritten: warning<[name: string]>(
    "PG4014",
    (name) => `this writes the branch's own copy of '${name}', not the variable outside`,
  ),
  defaultAlone: error(
    "PG4015",
    "no [?] line before this Default compares the same variable",
    "put it right after the [?] lines on its variable",
  ),
  backOutput: error("PG4016", "a [b] branch gives nothing back", "fork it with [f], and join it"),
  outputNotBound: error<[name: string, nearest: string | undefined]>(
    "PG4017",
    (name) => `nothing binds '${name}', so it cannot be an output`,
    (_name, nearest) => didYouMean(nearest),
  ),
  exitCode: error<[seen: string]>("PG4018", (seen) => `an exit code is an integer from 0, got ${seen}`),
  joinCount: error("PG4019", "|JoinNth takes the number of results first", "such as |JoinNth << 2 >> second"),
  labelTwice: error<[label: string]>(
    "PG4020",
    (label) => `another branch of this block is called '${label}'`,
    "labels tell branches apart: choose another",
  ),
  handlerOnly: error<[name: string]>(
    "PG4024",
    (name) => `|${name} looks at the error of a failed step, so it stands under [!]`,
  ),
  asksNobody: error<[name: string]>(
    "PG4025",
    (name) => `|${name} ends the attempt and goes on in another, so it stands in the run phase outside of [b]`,
  ),
  forkedOutput: error<[name: string]>(
    "PG4023",
    (name) => `the output '${name}' is lost: a forked call gives back its results only`,
    "make it an inline branch with [o]",
  ),
  ambiguousLabel: error<[label: string]>(
    "PG4022",
    (label) => `more than one line of this block is called '${label}'`,
    "give the one that is meant a label: [f] |Label, with the call under it",
  ),
  branchBody: error("PG4021", "a branch is a call or a label with lines under it", "a value is assigned with [r]"),
} as const;
