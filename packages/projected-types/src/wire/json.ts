// JSON as engines answer it.
export type Json = Readonly<Record<string, unknown>>;

export const isJsonObject = (value: unknown): value is Json => typeof value === "object" && value !== null && !Array.isArray(value);
