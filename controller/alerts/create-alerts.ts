/** The alert watch and the teller, put together. */
import { type Clock, type Logger, ServiceGroup } from "@polyglot/service";
import { AddressPolicy } from "@polyglot/service/address-policy";
import type { ShardHolder } from "../leader/shard-holder.ts";
import type { SecretSources } from "../secrets/secret-sources.ts";
import type { Database } from "../store/database.ts";
import { readSecrets } from "../store/secrets.ts";
import type { Activator } from "../triggers/activator.ts";
import type { Catalog } from "../triggers/catalog.ts";
import { AlertWatch } from "./alert-watch.ts";
import { Teller } from "./teller.ts";

export interface AlertParts {
  readonly database: Database;
  readonly holder: Pick<ShardHolder, "termOf" | "controllerId">;
  readonly activator: Pick<Activator, "activate">;
  readonly catalog: Pick<Catalog, "find">;
  readonly secrets: Pick<SecretSources, "read">;
  /** What may be connected to besides the public internet. */
  readonly allowNetworks: readonly string[];
  readonly clock: Clock;
  readonly logger: Logger;
}

export function createAlerts({ allowNetworks, secrets, ...parts }: AlertParts): ServiceGroup {
  const { database } = parts;
  const teller = new Teller({
    ...parts,
    policy: new AddressPolicy(allowNetworks),
    secret: async (name) => {
      const [stored] = await readSecrets(database, name);
      const read = await secrets.read(name, stored ?? { spec: undefined, value: undefined });
      if (read.kind === "value") return read.value;
      throw new Error(read.message);
    },
  });
  const watch = new AlertWatch({ ...parts, onNews: () => teller.wake() });
  return new ServiceGroup("alerts", [teller, watch]);
}
