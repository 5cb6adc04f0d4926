/** For whose pipelines an object is. */
import { z } from "zod";

export const namespaces = (description: string) =>
  z
    .array(z.string().regex(/^[A-Za-z][\w.>-]*$/, "must be a namespace such as com.example>etl"))
    .min(1)
    .max(100)
    .meta({ description });

/** A namespace has those beneath it: `com.example` has `com.example>etl` and `com.example.shop`. */
export function isForNamespace(
  spec: { readonly namespaces?: readonly string[] | undefined },
  namespace: string,
): boolean {
  if (spec.namespaces === undefined) return true;
  return spec.namespaces.some(
    (one) => one === namespace || [".", ">"].some((sign) => namespace.startsWith(one + sign)),
  );
}
