/** Paragraphs, parted by an empty line, as lines of at most `width` characters; a longer word has a line of its own. */
export function wrapText(text: string, width: number): string[] {
  return text
    .split("\n\n")
    .flatMap((paragraph, index) => [...(index === 0 ? [] : [""]), ...wrapWords(paragraph, width)]);
}

function wrapWords(paragraph: string, width: number): string[] {
  const lines: string[] = [];
  for (const word of paragraph.split(/\s+/)) {
    const last = lines.at(-1);
    if (last === undefined || last.length + 1 + word.length > width) lines.push(word);
    else lines[lines.length - 1] = `${last} ${word}`;
  }
  return lines;
}
