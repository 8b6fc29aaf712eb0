// JSON as OpenAPI 2 has it: written, never read.
export type Json = Readonly<Record<string, unknown>>;

export const ref = (definition: string): Json => ({ $ref: `#/definitions/${definition}` });

/** Where the contract's own documents have the common types, too: the export lies beside them. */
const COMMON_TYPES = "../../common-types/resource-management/v6/types.json#";

export const commonDefinition = (name: string): Json => ({ $ref: `${COMMON_TYPES}/definitions/${name}` });
export const commonParameter = (name: string): Json => ({ $ref: `${COMMON_TYPES}/parameters/${name}` });

export const sortedEntries = (entries: Iterable<readonly [string, unknown]>): Json => Object.fromEntries([...entries].toSorted(([a], [b]) => (a < b ? -1 : 1)));
