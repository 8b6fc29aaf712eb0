// The rules: where one operation goes, by the words of its path, its method and the shape of the whole document. The
// first rule that speaks wins; docs/reference/projection.md lists them.
import type { ArmVerb, KeySpec } from "../catalogue.ts";
import type { ApiOperation } from "../document/api-document.ts";
import type { EngineOverrides, KeyedRoot } from "../overrides/overrides.ts";
import { readPath } from "./paths.ts";
import type { PathShape, PathWords } from "./paths.ts";

export interface Place {
  readonly rule: string;
  readonly isGatewayOnly?: boolean;
  readonly isKeyed?: boolean;
  readonly isFallback?: boolean;
  /** Key of the type it belongs to; null for actions of the cluster and for what is the gateway's alone. */
  readonly typeKey: string | null;
  readonly verb: ArmVerb | null;
  /** Words of the action's name below its type. */
  readonly actionWords: readonly string[];
  readonly on: "item" | "collection" | "cluster" | null;
  readonly key: KeySpec | null;
}

export interface RuleInput {
  readonly operation: ApiOperation;
  readonly path: PathWords;
  readonly shape: PathShape;
  readonly overrides: EngineOverrides;
}

type Rule = (input: RuleInput) => Place | null;

const typed = (rule: string, typeKey: string, verb: ArmVerb): Place => ({ rule, typeKey, verb, actionWords: [], on: null, key: null });

const idOf = ({ operation, path }: RuleInput): string => `${operation.method} ${path.key}`;

const gatewayOnly: Rule = (input) => (input.overrides.gatewayOnly.includes(idOf(input)) ? { rule: "G01", isGatewayOnly: true, typeKey: null, verb: null, actionWords: [], on: null, key: null } : null);

/** The longest root that the path begins with, one word more at most. */
function keyedRootOf({ path, overrides }: RuleInput): KeyedRoot | null {
  const fits = overrides.keyed.filter(({ root }) => path.key === root || (path.key.startsWith(`${root}/`) && path.words.length === root.split("/").length + 1 && path.words.at(-1) !== "{}"));
  return fits.toSorted((a, b) => b.root.length - a.root.length)[0] ?? null;
}

const KEYED_WORDS: Readonly<Record<string, ArmVerb>> = { show: "get", delete: "delete", remove: "delete" };
const KEYED_ROOT: Readonly<Record<string, ArmVerb>> = { GET: "list", POST: "create", PATCH: "update", PUT: "replace", DELETE: "delete" };

const keyed: Rule = (input) => {
  const root = keyedRootOf(input);
  if (root === null) return null;
  const { operation, path } = input;
  const word = path.key === root.root ? "" : (path.words.at(-1) ?? "");
  const named = root.verbs?.[word];
  const byMethod = word === "" ? (operation.method === "GET" ? (named ?? KEYED_ROOT["GET"]) : KEYED_ROOT[operation.method]) : (named ?? KEYED_WORDS[word]);
  const place = { rule: "K01", isKeyed: true, typeKey: root.root, key: { parts: root.parts, sentIn: root.sentIn } };
  return byMethod === undefined ? { ...place, verb: "action", actionWords: [word], on: "item" } : { ...place, verb: byMethod, actionWords: [], on: null };
};

const ITEM_VERBS: Readonly<Record<string, ArmVerb>> = { GET: "get", PATCH: "update", PUT: "replace", DELETE: "delete" };

const item: Rule = ({ operation, path }) => {
  const verb = ITEM_VERBS[operation.method];
  if (path.words.at(-1) !== "{}" || path.words.length < 2 || verb === undefined) return null;
  return typed("R01", path.words.slice(0, -1).join("/"), verb);
};

const collection: Rule = ({ operation, path, shape }) => {
  if (!shape.collections.has(path.key)) return null;
  if (operation.method === "POST") return typed("R02", path.key, "create");
  return operation.method === "GET" ? typed("R02", path.key, "list") : null;
};

const isSetting = ({ path, shape, overrides }: RuleInput): boolean => {
  if (overrides.singletons.includes(path.key)) return true;
  if (shape.collections.has(path.key) || path.words.at(-1) === "{}") return false;
  const methods = shape.methods.get(path.key) ?? new Set();
  return methods.has("GET") && (methods.has("PATCH") || methods.has("PUT"));
};

const SETTING_VERBS: Readonly<Record<string, ArmVerb>> = { GET: "get", PATCH: "update", PUT: "replace", POST: "replace", DELETE: "delete" };

const setting: Rule = (input) => {
  const verb = SETTING_VERBS[input.operation.method];
  return isSetting(input) && verb !== undefined ? typed("R03", input.path.key, verb) : null;
};

/** A list at the root whose members have an identity, although no path leads to one of them. */
const inventory: Rule = ({ operation, path, shape }) => {
  if (path.words.length !== 1 || operation.method !== "GET" || shape.collections.has(path.key)) return null;
  const hasIdentity = operation.answer.isList && operation.answer.fields.some(({ name }) => name === "id");
  return hasIdentity ? typed("R04", path.key, "list") : null;
};

/** Everything else is an order or a question: to the nearest item, else to the nearest collection, else to the cluster. */
const order: Rule = ({ operation, path, shape }) => {
  const rule = operation.method === "GET" ? "R05" : "R06";
  const at = path.words.lastIndexOf("{}");
  const rest = path.words.slice(at + 1);
  if (at > 0 && rest.length > 0) return { rule, typeKey: path.words.slice(0, at).join("/"), verb: "action", actionWords: rest, on: "item", key: null };
  if (at >= 0) return null;
  for (let length = path.words.length - 1; length > 0; length -= 1) {
    const key = path.words.slice(0, length).join("/");
    if (shape.collections.has(key)) return { rule: rule === "R05" ? "R07" : "R08", typeKey: key, verb: "action", actionWords: path.words.slice(length), on: "collection", key: null };
  }
  return { rule: rule === "R05" ? "R09" : "R10", typeKey: null, verb: "action", actionWords: path.words, on: "cluster", key: null };
};

/** A method on an item or a collection that no verb of ARM stands for: named after the method alone. Must not be needed. */
const lastResort: Rule = ({ operation, path }) => {
  const words = path.words.at(-1) === "{}" ? path.words.slice(0, -1) : path.words;
  if (words.length === 0 || words.every((word) => word === "{}")) return null;
  return { rule: "R99", isFallback: true, typeKey: words.join("/"), verb: "action", actionWords: [operation.method.toLowerCase()], on: path.words.at(-1) === "{}" ? "item" : "collection", key: null };
};

/** An override that names the action also says that one is wanted: `POST osd/{}` of an engine that means something by it. */
const named: Rule = ({ operation, path, overrides }) => {
  const name = overrides.actions[`${operation.method} ${path.key}`];
  if (name === undefined) return null;
  const isItem = path.words.includes("{}");
  const typeWords = isItem ? path.words.slice(0, path.words.lastIndexOf("{}")) : path.words.slice(0, 1);
  return { rule: "N01", typeKey: typeWords.join("/"), verb: "action", actionWords: [name], on: isItem ? "item" : "collection", key: null };
};

const RULES: readonly Rule[] = [gatewayOnly, named, keyed, setting, item, collection, inventory, order, lastResort];

/** Null when no rule has a word for it. */
export function placeOf(operation: ApiOperation, shape: PathShape, overrides: EngineOverrides): Place | null {
  const input = { operation, path: readPath(operation.path, overrides.basePath), shape, overrides };
  // Nothing to name a type or an action after.
  if (input.path.words[0] === undefined || input.path.words[0] === "{}") return null;
  for (const rule of RULES) {
    const place = rule(input);
    if (place !== null) return place;
  }
  return null;
}
