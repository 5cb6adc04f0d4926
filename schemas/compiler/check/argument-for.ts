import type { IoNode } from "../syntax/tree.ts";

type ArgumentNode = IoNode & { kind: "argument" };

/** The argument that fills a parameter: the one with its name, else the unnamed one at its place among those left. */
export function argumentFor(
  parameter: string,
  io: readonly IoNode[],
  parameters: readonly { readonly name: string }[],
): ArgumentNode | undefined {
  const given = io.filter((item) => item.kind === "argument");
  const named = given.find((item) => item.name?.text === parameter);
  if (named !== undefined) return named;
  const names = new Set(given.map((item) => item.name?.text));
  const place = parameters.filter((item) => !names.has(item.name)).findIndex((item) => item.name === parameter);
  return place === -1 ? undefined : given.filter((item) => item.name === undefined)[place];
}
