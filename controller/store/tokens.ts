/** Tokens of users and of agents that want to join. Only their sha256 is stored. */
import type { Queryable } from "./database.ts";
import { sqlFile } from "./sql-file.ts";

const writeTokenQuery = sqlFile("write-token");
const revokeTokensQuery = sqlFile("revoke-tokens");
const readTokenQuery = sqlFile("read-token");
const takeJoinTokenQuery = sqlFile("take-join-token");

const readUserTokensQuery = sqlFile("read-user-tokens");
const revokeUserTokensQuery = sqlFile("revoke-user-tokens");

/** Tokens that a listing shows. */
const listedTokens = 10_000;

/** Digits of its hash by which people know a token. */
export const tokenIdDigits = 12;

export interface ListedToken {
  readonly id: string;
  readonly name: string;
  readonly role: string;
  readonly expires_at: Date;
}

export interface NewToken {
  readonly hash: Uint8Array;
  readonly kind: "user" | "join";
  readonly name: string;
  readonly role: string;
  readonly validSeconds: number;
}

export interface UserToken {
  readonly token_hash: Uint8Array;
  readonly name: string;
  readonly role: string;
}

export async function writeToken(database: Queryable, token: NewToken): Promise<void> {
  const { hash, kind, name, role, validSeconds } = token;
  await database.query(writeTokenQuery, [Buffer.from(hash), kind, name, role, validSeconds]);
}

/** Revokes all tokens of this kind and name but the one with this hash. In force with the next request. */
export async function revokeOtherTokens(
  database: Queryable,
  kind: NewToken["kind"],
  name: string,
  keptHash: Uint8Array,
): Promise<void> {
  await database.query(revokeTokensQuery, [kind, name, Buffer.from(keptHash)]);
}

/** A user's token that is neither expired nor revoked. */
export async function readUserToken(database: Queryable, hash: Uint8Array): Promise<UserToken | undefined> {
  const [row] = await database.query<UserToken>(readTokenQuery, [Buffer.from(hash)]);
  return row;
}

/** Whether this was a join token that nobody had used; by this call it is used. */
export async function takeJoinToken(database: Queryable, hash: Uint8Array): Promise<boolean> {
  return (await database.query(takeJoinTokenQuery, [Buffer.from(hash)])).length === 1;
}

export const readUserTokens = (database: Queryable): Promise<ListedToken[]> =>
  database.query<ListedToken>(readUserTokensQuery, [listedTokens]);

/** Of this id, or all of this name; none of the name that is kept. In force with the next request. */
export const revokeUserTokens = (database: Queryable, idOrName: string, keptName: string): Promise<ListedToken[]> =>
  database.query<ListedToken>(revokeUserTokensQuery, [idOrName, keptName]);
