// Lists and maps as the text people write in one field, and back. Pure.

export const listText = (value: unknown): string => (Array.isArray(value) ? value.map(String).join(", ") : "");

export const readList = (text: string): readonly string[] => text.split(/[,\n]/).map((word) => word.trim()).filter((word) => word !== "");

/** One `name=value` a line. */
export const mapText = (value: unknown): string => (typeof value === "object" && value !== null ? Object.entries(value).map(([name, text]) => `${name}=${String(text)}`).join("\n") : "");

export function readMap(text: string): Readonly<Record<string, string>> {
  const lines = text.split("\n").map((line) => line.trim()).filter((line) => line !== "");
  return Object.fromEntries(lines.map((line) => {
    const at = line.indexOf("=");
    return at < 0 ? [line, ""] : [line.slice(0, at).trim(), line.slice(at + 1).trim()];
  }));
}

/** Undefined when the text is not JSON: the field says so. */
export function readJson(text: string): { readonly value: unknown } | undefined {
  try {
    return { value: JSON.parse(text) };
  } catch {
    return undefined;
  }
}
