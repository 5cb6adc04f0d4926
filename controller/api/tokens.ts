import { randomBytes } from "node:crypto";
import { create } from "@bufbuild/protobuf";
import type { ServiceImpl } from "@connectrpc/connect";
import { CreateJoinTokenResponseSchema, type PolyglotService } from "@polyglot/contracts/service";
import type { Queryable } from "../store/database.ts";
import { writeToken } from "../store/tokens.ts";
import { apiError } from "./api-error.ts";
import { hashToken } from "./authorise.ts";
import type { Authority } from "./authority.ts";

const limits = { validSeconds: 86_400, tokenBytes: 32 } as const;

export interface TokenParts {
  readonly database: Queryable;
  readonly authority: Authority;
}

export function tokenMethods({
  database,
  authority,
}: TokenParts): Pick<ServiceImpl<typeof PolyglotService>, "createJoinToken"> {
  return {
    async createJoinToken({ validSeconds }) {
      if (validSeconds < 1 || validSeconds > limits.validSeconds) {
        const message = `a join token is valid for 1 to ${limits.validSeconds} seconds, got ${validSeconds}`;
        throw apiError("request/invalid", message, "valid_seconds");
      }
      const token = randomBytes(limits.tokenBytes).toString("base64url");
      const hash = hashToken(token);
      await writeToken(database, { hash, kind: "join", name: "join", role: "agent", validSeconds });
      return create(CreateJoinTokenResponseSchema, { token, certificateAuthority: authority.certificate });
    },
  };
}
