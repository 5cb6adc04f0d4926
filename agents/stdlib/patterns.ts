/** Patterns of RE2: the time that they take grows with the text, never faster, so that none can stop the agent. */
import { RE2JS } from "re2js";
import { Refused } from "./given.ts";

/** Characters of a pattern, and of the text that one is held against: about a tenth of a second of work. */
const maxPatternLength = 1000;
const maxTextLength = 2 ** 20;

const maxCompiled = 100;
const compiled = new Map<string, RE2JS>();

/** Whether the pattern is found anywhere in the text. */
export function isFound(pattern: string, text: string): boolean {
  if (text.length > maxTextLength) {
    throw new Refused("ValidationError", `'text' has ${text.length} characters; at most ${maxTextLength} are searched`);
  }
  return patternOf(pattern).matcher(text).find();
}

function patternOf(pattern: string): RE2JS {
  const known = compiled.get(pattern);
  if (known !== undefined) return known;
  if (pattern.length > maxPatternLength) {
    throw new Refused(
      "ValidationError",
      `'pattern' has ${pattern.length} characters; at most ${maxPatternLength} are allowed`,
    );
  }
  if (compiled.size >= maxCompiled) compiled.clear();
  const fresh = compile(pattern);
  compiled.set(pattern, fresh);
  return fresh;
}

function compile(pattern: string): RE2JS {
  try {
    return RE2JS.compile(pattern);
  } catch (error) {
    throw new Refused("ValidationError", `'pattern' is no pattern of RE2: ${(error as Error).message}`);
  }
}
