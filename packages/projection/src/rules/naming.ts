// Names of types, actions and permissions. A projected type always begins with its engine's name, so that it never
// meets a type of ours.
import { camel, pascal } from "./paths.ts";

export const PERMISSIONS = "Cynosure.Storage/clusters";
/** Everything below is a data action: `*` of an Owner does not hold it. */
export const ENGINE_INTERNALS = `${PERMISSIONS}/engineInternals`;

/**
 * `views` → `vastViews`; `users/{}/access_keys` → `vastUsers/accessKeys`; `rgw/bucket` → `cephRgwBucket`. Every
 * parameter but a last one parts a type from what is in it.
 */
export function projectedTypeName(engine: string, key: string): string {
  const levels = key
    .split("{}")
    .map((level) => level.split("/").filter((word) => word !== ""))
    .filter((level) => level.length > 0);
  const names = levels.map((level, index) => (index === 0 ? `${engine}${pascal(level)}` : camel(level)));
  if (names.length === 0) throw new Error(`The path '${key}' holds no word to name a type after.`);
  return names.join("/");
}

/** Without the engine's name in front a type could be taken for a portable one. */
export function checkPrefix(engine: string, armType: string): void {
  if (!new RegExp(`^${engine}[A-Z0-9][A-Za-z0-9]*(?:/[a-z0-9][A-Za-z0-9]*)*$`).test(armType)) {
    throw new Error(`The projected type '${armType}' does not begin with '${engine}' and a capital: it could meet a type of Cynosure's own. Mend the rule that named it.`);
  }
}
