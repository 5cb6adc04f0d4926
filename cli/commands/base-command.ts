import { homedir } from "node:os";
import { Command, Flags } from "@oclif/core";
import type { PolyglotClient } from "../client/api-client.ts";
import type { Endpoint } from "../client/endpoint.ts";
import { Failure } from "../client/failure.ts";
import { findEndpoint } from "../client/find-endpoint.ts";
import { formats } from "../output/formats.ts";

/** Flags of every command that calls a controller. */
export const connectionFlags = {
  url: Flags.string({ description: "address of the controller", helpGroup: "CONNECTION" }),
  token: Flags.string({ description: "token of the user", helpGroup: "CONNECTION" }),
  ca: Flags.string({ description: "file with the authority of the controller's certificate", helpGroup: "CONNECTION" }),
  context: Flags.string({ description: "a context of ~/.config/polyglot/config.yaml", helpGroup: "CONNECTION" }),
};

/** `-o` of every command that reads. */
export const formatFlag = Flags.option({
  char: "o",
  description: "form of the answer",
  options: formats,
  default: "table" as const,
})();

/** `-o` of commands whose answer is drawn for people, or all there is for programs. */
export const tableOrJsonFlag = Flags.option({
  char: "o",
  description: "form of the answer",
  options: ["table", "json"] as const,
  default: "table" as const,
})();

export interface ConnectionFlags {
  readonly url?: string | undefined;
  readonly token?: string | undefined;
  readonly ca?: string | undefined;
  readonly context?: string | undefined;
}

/** What commands share: an answer on stdout, talk on stderr, and failures that end with the code of their kind. */
export abstract class BaseCommand extends Command {
  protected endpoint(flags: ConnectionFlags): Promise<Endpoint> {
    const given = Object.fromEntries(Object.entries(flags).filter(([, value]) => value !== undefined));
    return findEndpoint({ flags: given, env: process.env, cwd: process.cwd(), home: homedir() });
  }

  /** The client is loaded here, so that commands without it and `--help` start fast. */
  protected async connect<T>(flags: ConnectionFlags, work: (call: PolyglotClient) => Promise<T>): Promise<T> {
    const endpoint = await this.endpoint(flags);
    const { withClient } = await import("../client/api-client.ts");
    return withClient(endpoint, work);
  }

  /** For parts of a command that stand in a file of their own. */
  protected get channels(): { readonly say: (line: string) => void; readonly answer: (text: string) => void } {
    return { say: (line) => this.say(line), answer: (text) => this.log("%s", text) };
  }

  protected say(line: string): void {
    process.stderr.write(`${line}\n`);
  }

  protected override async catch(error: Error): Promise<void> {
    if (!(error instanceof Failure)) return super.catch(error);
    this.say(error.message);
    // Not process.exit: what stdout still holds for a pipe must get out.
    process.exitCode = error.exitCode;
  }
}
