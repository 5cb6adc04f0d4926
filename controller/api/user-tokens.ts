/** Tokens of people and programs: made, listed and revoked by administrators. */
import { randomBytes } from "node:crypto";
import { create } from "@bufbuild/protobuf";
import { timestampFromDate } from "@bufbuild/protobuf/wkt";
import type { HandlerContext, ServiceImpl } from "@connectrpc/connect";
import {
  CreateTokenResponseSchema,
  ListTokensResponseSchema,
  type PolyglotService,
  RevokeTokensResponseSchema,
  type UserToken,
  UserTokenSchema,
} from "@polyglot/contracts/service";
import type { Clock, Logger } from "@polyglot/service";
import type { Queryable } from "../store/database.ts";
import { type ListedToken, readUserTokens, revokeUserTokens, tokenIdDigits, writeToken } from "../store/tokens.ts";
import { apiError } from "./api-error.ts";
import { hashToken, hookRole, roles } from "./authorise.ts";
import { callingUser, principalKey } from "./interceptor.ts";

const limits = { validSeconds: 366 * 86_400, tokenBytes: 32 } as const;
const nameForm = /^[\w.@-]{1,63}$/;
const roleNames: readonly string[] = [...roles, hookRole];
/** Belongs to the installation's own folder: without it nobody could make another one. */
const keptName = "local";

export interface UserTokenParts {
  readonly database: Queryable;
  readonly clock: Clock;
  readonly logger: Logger;
}

type Methods = "createToken" | "listTokens" | "revokeTokens";

export function userTokenMethods(parts: UserTokenParts): Pick<ServiceImpl<typeof PolyglotService>, Methods> {
  const { database, clock, logger } = parts;
  return {
    async createToken({ name, role, validSeconds }, context) {
      check(name, role, validSeconds);
      const token = randomBytes(limits.tokenBytes).toString("base64url");
      const hash = hashToken(token);
      await writeToken(database, { hash, kind: "user", name, role, validSeconds });
      const id = Buffer.from(hash).toString("hex").slice(0, tokenIdDigits);
      logger.info({ id, name, role, validSeconds, by: userOf(context) }, "a token was made");
      const info = toToken({ id, name, role, expires_at: new Date(clock.now() + validSeconds * 1_000) });
      return create(CreateTokenResponseSchema, { token, info });
    },

    async listTokens() {
      return create(ListTokensResponseSchema, { tokens: (await readUserTokens(database)).map(toToken) });
    },

    async revokeTokens({ token }, context) {
      if (token === keptName) {
        throw apiError("request/invalid", `'${keptName}' is the installation's own token and stays`, "token");
      }
      const revoked = await revokeUserTokens(database, token, keptName);
      if (revoked.length === 0) {
        const message = `no token that can be used has the id or name '${token.slice(0, 100)}'`;
        throw apiError("request/invalid", message, "token");
      }
      logger.info({ tokens: revoked.map(({ id }) => id), token, by: userOf(context) }, "tokens were revoked");
      return create(RevokeTokensResponseSchema, { revoked: revoked.map(toToken) });
    },
  };
}

function check(name: string, role: string, validSeconds: number): void {
  if (!nameForm.test(name) || name === keptName) {
    const message = `a token's name has 1 to 63 of letters, digits and . _ @ -, and is not '${keptName}'`;
    throw apiError("request/invalid", message, "name");
  }
  if (!roleNames.includes(role)) {
    throw apiError("request/invalid", `a role is one of ${roleNames.join(", ")}, got '${role.slice(0, 100)}'`, "role");
  }
  if (validSeconds < 1 || validSeconds > limits.validSeconds) {
    const message = `a token is valid for 1 to ${limits.validSeconds} seconds, got ${validSeconds}`;
    throw apiError("request/invalid", message, "valid_seconds");
  }
}

const userOf = ({ values }: HandlerContext): string => callingUser(values.get(principalKey));

const toToken = ({ id, name, role, expires_at }: ListedToken): UserToken =>
  create(UserTokenSchema, { id, name, role, expiresAt: timestampFromDate(expires_at) });
