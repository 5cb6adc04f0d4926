import { didYouMean, error } from "../problem.ts";

export const callProblems = {
  noConverter: error<[what: string, from: string, to: string]>(
    "PG3001",
    (what, from, to) => `${what} is ${from}, which does not convert to ${to}`,
  ),
  missingArgument: error<[callee: string, name: string]>(
    "PG3002",
    (callee, name) => `${callee} needs a value for '${name}'`,
  ),
  tooManyArguments: error<[callee: string, most: number, given: number]>(
    "PG3003",
    (callee, most, given) => `${callee} takes at most ${count(most, "argument")}, got ${given}`,
  ),
  unknownArgument: error<[callee: string, name: string, nearest: string | undefined]>(
    "PG3004",
    (callee, name) => `${callee} has no argument '${name}'`,
    (_callee, _name, nearest) => didYouMean(nearest),
  ),
  argumentTwice: error<[name: string]>("PG3005", (name) => `'${name}' is given twice`),
  tooManyResults: error<[callee: string, most: number, given: number]>(
    "PG3006",
    (callee, most, given) =>
      `${callee} gives ${count(most, "result")}, but ${given} ${given === 1 ? "is" : "are"} bound`,
  ),
  notCallable: error<[name: string]>(
    "PG3007",
    (name) => `'${name}' cannot be called as a step: it has no |T.Call trigger`,
    "add [t] |T.Call to it",
  ),
  notAStep: error<[name: string, element: string]>(
    "PG3008",
    (name, element) => `|${name} is not a step: it belongs in ${element}`,
  ),
  typeChanged: error<[name: string, has: string, stated: string]>(
    "PG3009",
    (name, has, stated) => `'${name}' is ${has} from its first binding, so it cannot become ${stated}`,
  ),
  notLiteral: error<[name: string]>(
    "PG3010",
    (name) => `the default of '${name}' is a literal: it cannot read a variable`,
    "compute the value with a step, such as [r] name << value",
  ),
  notText: error<[name: string, type: string]>(
    "PG3011",
    (name, type) => `'${name}' is ${type}, which has no text form`,
    "give the value itself to a function that reads it",
  ),
  wrongValue: error<[what: string, allowed: string, seen: string]>(
    "PG3012",
    (what, allowed, seen) => `${what} has to be ${allowed}, got ${seen}`,
  ),
  defaultType: error<[name: string, type: string, given: string]>(
    "PG3013",
    (name, type, given) => `the default of '${name}' is ${given}, which does not convert to ${type}`,
  ),
  recursion: error<[circle: string]>(
    "PG3014",
    (circle) => `these pipelines call each other without end: ${circle}`,
    "put one of the calls under [?] or [!]",
  ),
  tooManyCallees: error<[name: string, seen: number, limit: number]>(
    "PG3016",
    (name, seen, limit) =>
      `'${name}' calls ${seen} other pipelines, directly and through them; at most ${limit} are possible`,
  ),
  notKnownBefore: error<[name: string]>(
    "PG3018",
    (name) => `'${name}' is not known before an activation`,
    "in [t] and [Q] stand literals, and inputs with a default",
  ),
  badPattern: error<[why: string]>("PG3019", (why) => `this is no pattern of RE2: ${why}`),
  notAName: error<[taker: string]>(
    "PG3020",
    (taker) => `|${taker} takes the name of a pipeline as a literal text, so that it is known before the run`,
    'write "Name", or "@Alias|Name" for an imported one',
  ),
  notAPipeline: error<[taker: string, name: string]>(
    "PG3021",
    (taker, name) => `|${taker} runs a pipeline, and '${name}' is none`,
    "call it in a pipeline with [t] |T.Call",
  ),
  noOutput: error<[name: string]>("PG3022", (name) => `'${name}' gives nothing back`, "add an [o] line to it"),
  tooManyWrappers: error<[seen: number, limit: number]>(
    "PG3017",
    (seen, limit) => `a pipeline applies at most ${limit} wrappers, got ${seen}`,
    "put what belongs together into a macro",
  ),
} as const;

function count(number: number, what: string): string {
  if (number === 0) return `no ${what}`;
  return `${number} ${what}${number === 1 ? "" : "s"}`;
}
