/** Secrets as people see them: what declares each, and whether a step would get it. Values come in and never out. */
import { create } from "@bufbuild/protobuf";
import { timestampFromDate } from "@bufbuild/protobuf/wkt";
import type { ServiceImpl } from "@connectrpc/connect";
import {
  DeleteSecretResponseSchema,
  ListSecretsResponseSchema,
  type PolyglotService,
  SecretSchema,
} from "@polyglot/contracts/service";
import type { Clock, Logger } from "@polyglot/service";
import type { MasterKey } from "../secrets/master-key.ts";
import { parseValue } from "../secrets/secret-limits.ts";
import { type SecretSources, specOf } from "../secrets/secret-sources.ts";
import type { Queryable } from "../store/database.ts";
import { deleteSecret, type ListedSecret, readSecrets, writeSecret } from "../store/secrets.ts";
import { apiError } from "./api-error.ts";
import { callingUser, principalKey } from "./interceptor.ts";

const namePattern = /^[a-zA-Z0-9](?:[a-zA-Z0-9.-]{0,61}[a-zA-Z0-9])?$/;

export interface SecretParts {
  readonly database: Queryable;
  readonly clock: Clock;
  readonly masterKey: MasterKey;
  readonly secrets: Pick<SecretSources, "read">;
  readonly logger: Logger;
}

type Methods = Pick<ServiceImpl<typeof PolyglotService>, "listSecrets" | "setSecret" | "deleteSecret">;

export function userSecretMethods(parts: SecretParts): Methods {
  const { database, clock, masterKey, logger } = parts;
  const toSecret = async (listed: ListedSecret) => {
    const read = await parts.secrets.read(listed.name, listed);
    return create(SecretSchema, { ...describe(listed), problem: read.kind === "value" ? "" : read.message });
  };
  return {
    async listSecrets() {
      const secrets = [];
      // One after the other: each may be a file.
      for (const listed of await readSecrets(database)) secrets.push(await toSecret(listed));
      return create(ListSecretsResponseSchema, { secrets });
    },

    async setSecret({ name, value }, { values }) {
      const setBy = callingUser(values.get(principalKey));
      const parsed = parseValue(value);
      if ("problem" in parsed) throw apiError("request/invalid", parsed.problem, "value");
      const sealed = masterKey.seal(checkSecretName(name), parsed.value);
      const version = await writeSecret(database, { name, ...sealed, setBy, setAt: new Date(clock.now()) });
      logger.info({ secret: name, setBy, version }, "a secret was set");
      const [listed] = await readSecrets(database, name);
      if (listed === undefined) throw unknownSecret(name);
      return toSecret(listed);
    },

    async deleteSecret({ name }, { values }) {
      const deletedBy = callingUser(values.get(principalKey));
      if (!(await deleteSecret(database, checkSecretName(name)))) throw unknownSecret(name);
      logger.info({ secret: name, deletedBy }, "a secret's value was removed");
      return create(DeleteSecretResponseSchema);
    },
  };
}

function describe(listed: ListedSecret) {
  const { name, repository, version, setBy, setAt } = listed;
  const spec = specOf(listed);
  return {
    ...{ name, source: sourceOf(spec), namespaces: spec?.namespaces ?? [], repository: repository ?? "" },
    ...(setAt === null ? {} : { version: version ?? 0, setBy: setBy ?? "", setAt: timestampFromDate(setAt) }),
  };
}

function sourceOf(spec: ReturnType<typeof specOf>): string {
  if (spec?.env !== undefined) return `env ${spec.env}`;
  if (spec?.file !== undefined) return `file ${spec.file}`;
  return spec === undefined ? "" : "store";
}

function checkSecretName(name: string): string {
  if (namePattern.test(name)) return name;
  const message = `a secret's name has letters, digits, dots and hyphens, at most 63, got '${name.slice(0, 100)}'`;
  throw apiError("request/invalid", message, "name");
}

const unknownSecret = (name: string) =>
  apiError("secret/unknown", `the store has no value of secret '${name}'`, "name");
