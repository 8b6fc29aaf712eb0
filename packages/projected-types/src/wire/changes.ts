// What of a PUT or a PATCH an engine must be told, judged against the object as it is. Pure.
import { ControlPlaneError } from "@cynosure/model";
import { isSameJson } from "@cynosure/arm-protocol";
import type { CatalogueOperation, ProjectedType } from "@cynosure/projection";
import { isJsonObject } from "./json.ts";
import type { Json } from "./json.ts";

/** Ours beside the engine's own, on answers only. */
const READ_ONLY = ["nativeId", "provisioningState"];
const MEMBERS = new Set(["properties", "id", "name", "type", "location", "systemData"]);

/** The properties of an ARM body. `location` and what repeats the URL is passed over, as clients send back what they read. */
export function readProperties(body: unknown): Json {
  if (!isJsonObject(body)) throw new ControlPlaneError("InvalidRequestContent", "The body must be a JSON object with 'properties', which holds the engine's own JSON.", { target: "$" });
  const unknown = Object.keys(body).find((name) => !MEMBERS.has(name));
  if (unknown !== undefined) throw new ControlPlaneError("InvalidRequestContent", `'${unknown.slice(0, 100)}' has no place beside 'properties' for an object of the engine. What the engine takes belongs into 'properties'.`, { target: unknown.slice(0, 100) });
  const properties = body["properties"] ?? {};
  if (!isJsonObject(properties)) throw new ControlPlaneError("InvalidRequestContent", "'properties' must be a JSON object: the engine's own JSON.", { target: "properties" });
  return Object.fromEntries(Object.entries(properties).filter(([name]) => !READ_ONLY.includes(name)));
}

/** A PUT says a state; what is an order would be given again with each one. */
export function refuseCommands(type: ProjectedType, properties: Json): void {
  const command = type.commandFields.find((name) => properties[name] !== undefined);
  if (command !== undefined) throw new ControlPlaneError("InvalidRequestContent", `'${command}' of ${type.armType} is an order and no state: a PUT would repeat it. Send it with PATCH, once.`, { target: `properties.${command}` });
}

export interface ChangeInput {
  readonly type: ProjectedType;
  /** Null: nothing of it can be changed. */
  readonly change: CatalogueOperation | null;
  /** Null: it cannot be read. */
  readonly current: Json | null;
  readonly given: Json;
  /** A PATCH sends what it is given; a PUT sends what differs. */
  readonly isPatch: boolean;
}

/** Only what must be sent. Throws PropertyChangeNotAllowed for what was settled at creation. */
export function changesOf({ type, change, current, given, isPatch }: ChangeInput): Json {
  const changeable = new Set(change?.bodyFields.map(({ name }) => name) ?? []);
  const known = new Set(type.fields.map(({ name }) => name));
  const settled = new Set(type.createOnlyFields);
  const refused: string[] = [];
  const sent = Object.entries(given).filter(([name, value]) => {
    const isKnown = current !== null && Object.hasOwn(current, name);
    if (isKnown && isSameJson(value, current[name])) return isPatch && changeable.has(name);
    if (changeable.has(name)) return true;
    if (settled.has(name)) {
      // What the engine does not tell cannot be compared: it was sent at creation, and is sent again with the same template.
      if (isKnown || isPatch) refused.push(name);
      return false;
    }
    // Read-only properties come back with every template; an order to change one alone would be lost without a word.
    if (known.has(name)) {
      if (isPatch) refused.push(name);
      return false;
    }
    // No document is complete: the engine decides.
    return true;
  });
  if (refused.length > 0) throw notAllowed(type, refused);
  return Object.fromEntries(sent);
}

function notAllowed(type: ProjectedType, names: readonly string[]): ControlPlaneError {
  const [first = ""] = names;
  const why = type.createOnlyFields.includes(first) ? "is settled when the object is created" : "cannot be changed";
  return new ControlPlaneError("PropertyChangeNotAllowed", `The property '${first}' of ${type.armType} ${why}. Leave it as it is, or delete the object and create it anew.`, {
    target: `properties.${first}`,
    details: names.map((name) => ({ code: "PropertyChangeNotAllowed", message: `'${name}' ${type.createOnlyFields.includes(name) ? "is settled at creation" : "is read-only"}.`, target: `properties.${name}` })),
  });
}
