// Lines for people: never wider than a terminal, wrapped between words, continued under their own text.

export const COLUMNS_MAX = 80;

/** Breaks after spaces; a word longer than a line is cut, so the bound holds for any text. */
export function wrap(text: string, indent: string, lead = ""): string[] {
  const lines: string[] = [];
  const hang = indent + " ".repeat(lead.length);
  let line = indent + lead;
  let hasWord = false;
  for (let word of text.split(" ")) {
    while (word !== "") {
      const gap = hasWord ? " " : "";
      if (line.length + gap.length + word.length <= COLUMNS_MAX) {
        line += gap + word;
        hasWord = true;
        break;
      }
      if (!hasWord) {
        const room = COLUMNS_MAX - line.length;
        line += word.slice(0, room);
        word = word.slice(room);
      }
      lines.push(line);
      line = hang;
      hasWord = false;
    }
  }
  return hasWord || lines.length === 0 ? [...lines, line.trimEnd()] : lines;
}
