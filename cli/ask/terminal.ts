import { Failure } from "../client/failure.ts";

/** Where a person is asked: keys come from standard input, questions go to standard error, stdout is the answer alone. */
export interface Terminal {
  readonly input: NodeJS.ReadableStream;
  readonly output: NodeJS.WritableStream;
}

/** Undefined where nobody would see a question, or could answer it. */
export function optTerminal({ stdin, stderr }: NodeJS.Process): Terminal | undefined {
  return stdin.isTTY && stderr.isTTY ? { input: stdin, output: stderr } : undefined;
}

/** Ctrl-C is an answer too: whoever gives it wants nothing. */
export async function answerTo<T>(question: Promise<T>): Promise<T> {
  try {
    return await question;
  } catch (cause) {
    if (cause instanceof Error && cause.name === "ExitPromptError") {
      throw new Failure("failed", "nothing was started", { cause });
    }
    throw cause;
  }
}
