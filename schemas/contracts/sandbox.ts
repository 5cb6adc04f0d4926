/** How far an execution has to be kept apart from its host, by the layers of containment that an agent reports. */
export const sandboxes = ["none", "process", "strict"] as const;
export type Sandbox = (typeof sandboxes)[number];

/** `strict` demands every layer that there is. */
export const sandboxLayers = {
  none: [],
  process: ["pid-namespace", "parent-death-signal", "no-new-privileges"],
} as const satisfies Record<Exclude<Sandbox, "strict">, readonly string[]>;
