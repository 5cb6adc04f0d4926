import { timestampDate } from "@bufbuild/protobuf/wkt";
import { UserTokenSchema } from "@polyglot/contracts/service";
import type { View } from "./format.ts";

export const tokenView: View<typeof UserTokenSchema> = {
  schema: UserTokenSchema,
  name: (row) => row.id,
  columns: [
    { title: "TOKEN", text: (row) => row.id },
    { title: "NAME", text: (row) => row.name },
    { title: "ROLE", text: (row) => row.role },
    {
      title: "UNTIL",
      text: (row) => (row.expiresAt === undefined ? "" : timestampDate(row.expiresAt).toISOString().slice(0, 10)),
    },
  ],
};
