/** What a run of the tests provides to each of them: `inject("postgresUrl")`. Every package's tsconfig includes this. */
import "vitest";

declare module "vitest" {
  export interface ProvidedContext {
    /** Connection string of the run's own PostgreSQL (database `polyglot`), whose role may create databases. */
    postgresUrl: string;
  }
}
