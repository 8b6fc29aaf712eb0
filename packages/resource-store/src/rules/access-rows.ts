// Roles, assignments and deny assignments are resources that hang on others: every write of one is announced, since
// each control plane decides requests by what it has in memory, and they go when what they hang on goes.
import type { ResourceKey } from "@cynosure/model";

/** Topic of such writes. */
export const ACCESS_TOPIC = "access";

const ACCESS = "/providers/microsoft.authorization/";

export const accessTopics = (keys: readonly ResourceKey[]): readonly string[] => (keys.some((key) => key.includes(ACCESS)) ? [ACCESS_TOPIC] : []);

/** Prefix of the keys of what hangs on a resource. */
export const accessPrefix = (key: ResourceKey): string => `${key}${ACCESS}`;
