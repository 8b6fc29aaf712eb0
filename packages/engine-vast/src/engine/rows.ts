// Reading answers of the management server: the document is known to be imprecise, so each field is looked at where it is used.

export type Row = Readonly<Record<string, unknown>>;

export const asRow = (value: unknown): Row => (typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Row) : {}); // read field by field
export const asRows = (value: unknown): readonly Row[] => (Array.isArray(value) ? value.map(asRow) : []);
/** Empty where it is absent or null. */
export const textOf = (row: Row, key: string): string => {
  const value = row[key];
  return typeof value === "string" ? value : typeof value === "number" ? String(value) : "";
};
/** 0 where it is absent, null or no number. */
export const numberOf = (row: Row, key: string): number => {
  const value = Number(row[key] ?? 0);
  return Number.isFinite(value) && value > 0 ? value : 0;
};
/** Ids are numbers in nearly all collections, and text in some. */
export const idOf = (row: Row): string => textOf(row, "id");
