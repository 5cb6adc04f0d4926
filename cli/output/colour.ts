import { styleText } from "node:util";

type Colour = "green" | "red" | "yellow" | "cyan" | "gray";

const colours: Readonly<Record<string, Colour>> = {
  succeeded: "green",
  connected: "green",
  True: "green",
  running: "cyan",
  waiting: "yellow",
  Unknown: "yellow",
  failed: "red",
  killed: "red",
  dead_lettered: "red",
  lost: "red",
  False: "red",
  cancelled: "gray",
  replayed: "gray",
};

/** The colour of a state everywhere: in tables and in `top`. */
export const colourOf = (state: string): Colour | undefined => colours[state];

/** Coloured on a terminal, plain elsewhere and with NO_COLOR. */
export function colourState(state: string): string {
  return colourFor(state, state);
}

/** Any text in the colour of a state. */
export function colourFor(state: string, text: string): string {
  const colour = colourOf(state);
  return colour === undefined ? text : styleText(colour, text, { stream: process.stdout });
}
