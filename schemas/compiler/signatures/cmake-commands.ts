/** The text of a CMakeLists.txt as its commands: `name(word "quoted word" …)`. One pass, whatever the text. */
export interface CmakeCommand {
  /** In lower case. */
  readonly name: string;
  readonly words: readonly string[];
}

const pieces = /[A-Za-z_]\w*(?=[ \t]*\()|"(?:[^"\\]|\\[\s\S])*"?|[()]|[^\s()#"]+|#/y;
const space = /\s+/y;
const bracket = /\[(=*)\[/y;
const lineEnd = /[^\n]*/y;

export function readCommands(text: string): CmakeCommand[] {
  const commands: { name: string; words: string[] }[] = [];
  let name: string | undefined;
  let depth = 0;
  for (const piece of readPieces(text)) {
    const words = commands.at(-1)?.words;
    if (piece === "(") {
      if (depth === 0 && name !== undefined) commands.push({ name: name.toLowerCase(), words: [] });
      depth++;
    } else if (piece === ")") depth = Math.max(0, depth - 1);
    else if (depth === 0) name = piece;
    else words?.push(piece.startsWith('"') ? piece.replace(/^"|"$/g, "") : piece);
  }
  return commands;
}

/** Words, quoted words and parentheses, without comments. */
function readPieces(text: string): string[] {
  const found: string[] = [];
  let at = 0;
  const take = (pattern: RegExp): string | undefined => {
    pattern.lastIndex = at;
    const match = pattern.exec(text)?.[0];
    at += match?.length ?? 0;
    return match;
  };
  while (at < text.length) {
    if (take(space) !== undefined) continue;
    const isComment = text[at] === "#";
    if (isComment) at++;
    const opening = take(bracket);
    if (opening !== undefined) {
      // One that is not closed takes the rest.
      const closing = text.indexOf(opening.replaceAll("[", "]"), at);
      if (!isComment) found.push(text.slice(at, closing === -1 ? text.length : closing));
      at = closing === -1 ? text.length : closing + opening.length;
    } else if (isComment) take(lineEnd);
    else found.push(take(pieces) ?? text.slice(at, ++at));
  }
  return found;
}
