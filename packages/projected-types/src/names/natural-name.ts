// The ARM name that an object has by itself, from what its engine says of it.
import { SETTING_NAME } from "@cynosure/projection";
import type { ProjectedType } from "@cynosure/projection";
import type { Json } from "../wire/json.ts";
import { escapeName, idName, keyName, tenantName } from "./escape.ts";
import type { NativeId } from "./native-id.ts";
import { textOf } from "./native-id.ts";

/** Tenant of whoever names none: its objects need no tenant in their names. */
const DEFAULT_TENANT_ID = "1";

/** Whoever creates an object chooses its native id as well. */
export const isIdChosen = ({ idField, naming }: ProjectedType): boolean => naming !== "alias" && naming !== "singleton" && idField !== "id" && idField !== "guid";

/** Named by a property that is not its native id. */
export const isNamedByProperty = (type: ProjectedType): boolean => type.naming === "name" && type.key === null && type.nameField !== null && !isIdChosen(type);

export function naturalName(type: ProjectedType, names: readonly string[], parts: NativeId, row: Json): string {
  if (type.naming === "singleton") return SETTING_NAME;
  if (type.key !== null || names.length > 1) return keyName(names, parts);
  const [id = ""] = parts;
  if (isIdChosen(type)) return escapeName(id);
  const name = isNamedByProperty(type) ? textOf(row[type.nameField ?? ""]) : "";
  if (name === "") return idName(id);
  const tenant = type.isTenantScoped ? textOf(row["tenant_id"]) : "";
  return tenant === "" || tenant === DEFAULT_TENANT_ID ? escapeName(name) : tenantName(name, tenant);
}
