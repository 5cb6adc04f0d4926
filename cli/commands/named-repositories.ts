import type { Repository } from "@polyglot/contracts/service";
import type { PolyglotClient } from "../client/api-client.ts";
import { Failure } from "../client/failure.ts";
import { nearest } from "../client/nearest.ts";

/** That of the name, or all for an empty one. */
export async function namedRepositories(call: PolyglotClient, name: string): Promise<Repository[]> {
  const { repositories } = await call.listRepositories({});
  if (name === "") return repositories;
  const found = repositories.filter((repository) => repository.name === name);
  if (found.length > 0) return found;
  const names = repositories.map((repository) => repository.name);
  const near = nearest(name, names);
  throw new Failure("failed", `no repository '${name}'${near === undefined ? "" : `; did you mean '${near}'?`}`);
}
