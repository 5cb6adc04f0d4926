import { styleText } from "node:util";

const frames = ["⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"];
const frameMs = 80;

/** Says which step is under way: a turning sign on a terminal, one plain line per step elsewhere. */
export class Progress {
  readonly #isLive = process.stdout.isTTY;
  readonly #startedMs = performance.now();
  #step = "";
  #stepStartedMs = 0;
  #timer: NodeJS.Timeout | undefined;

  /** The step that is under way, for the message about a failure. */
  get step(): string {
    return this.#step;
  }

  async during<T>(step: string, work: () => Promise<T>): Promise<T> {
    this.#step = step;
    this.#stepStartedMs = performance.now();
    this.#turn();
    try {
      const result = await work();
      this.#end("green", "✔");
      return result;
    } catch (error) {
      this.#end("red", "✘");
      throw error;
    }
  }

  /** What a step has shown, indented below it. */
  show(text: string): void {
    for (const line of text.trimEnd().split("\n")) console.log(`      ${line}`);
  }

  get seconds(): string {
    return ((performance.now() - this.#startedMs) / 1000).toFixed(1);
  }

  #turn(): void {
    if (!this.#isLive) return;
    let frame = 0;
    this.#timer = setInterval(() => {
      frame = (frame + 1) % frames.length;
      process.stdout.write(`\r  ${frames[frame] ?? ""} ${this.#step}`);
    }, frameMs);
  }

  #end(colour: "green" | "red", sign: string): void {
    clearInterval(this.#timer);
    const took = `${((performance.now() - this.#stepStartedMs) / 1000).toFixed(1)} s`;
    if (this.#isLive) console.log(`\r\u001b[2K  ${styleText(colour, sign)} ${this.#step} ${styleText("gray", took)}`);
    else console.log(`${colour === "green" ? "ok    " : "FAILED"} ${this.#step} (${took})`);
  }
}
