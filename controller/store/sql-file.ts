import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

/** A statement of `store/queries`, prepared once per connection under its file's name. */
export interface NamedQuery {
  readonly name: string;
  readonly text: string;
}

const require = createRequire(import.meta.url);

/** Path of a file beside this one, the same for the sources and for what is built from them. */
export const storeFile = (path: string): string => require.resolve(`@polyglot/controller/store/${path}`);

export function sqlFile(name: string): NamedQuery {
  return { name, text: readFileSync(storeFile(`queries/${name}.sql`), "utf8") };
}
