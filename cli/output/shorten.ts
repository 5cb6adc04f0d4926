/** Text that has to fit into so many characters. */
export const shortenEnd = (text: string, width: number): string =>
  text.length <= width ? text : `${text.slice(0, Math.max(0, width - 1))}…`;

/** The end of an id tells it from its neighbours. */
export const shortenStart = (text: string, width: number): string =>
  text.length <= width ? text : `…${text.slice(text.length - width + 1)}`;
