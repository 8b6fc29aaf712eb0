// Requests that the document allows, drawn from its own schemas. A few names and values are hinted so that
// many of them also fit the cluster at hand (the engine that is served, resources that exist).
import fc from "fast-check";
import type { DocumentedOperation, Schema } from "./openapi-document.ts";
import type { Random } from "./seeded-random.ts";

export type Token = "good" | "none" | "garbage" | "expired" | "otherTenant" | "otherKey" | "unsigned" | "long" | "basic";

export interface TestRequest {
  readonly operation: DocumentedOperation;
  method: string;
  /** Parts of the path, encoded. */
  segments: string[];
  query: [string, string][];
  headers: Record<string, string>;
  /** The body as a value, for those who break it; `body` is what is sent. */
  value: unknown;
  body: Buffer | null;
  chunked: boolean;
  /** Sent without a Host header. */
  hostless: boolean;
  token: Token;
  /** What was broken, in words. */
  readonly broken: string[];
  /** By the document alone this must be refused, whatever is stored. */
  mustRefuse: boolean;
}

/** What earlier answers taught: names that exist. */
export class Memory {
  readonly #words = new Map<string, string[]>();

  learn(kind: string, word: string): void {
    const words = this.#words.get(kind) ?? [];
    if (!words.includes(word)) words.push(word);
    this.#words.set(kind, words.slice(-8));
  }

  recall(kind: string): readonly string[] {
    return this.#words.get(kind) ?? [];
  }
}

export const SUBSCRIPTION = "00000000-0000-4000-8000-000000000001";
/** A valid draw keeps to these mostly, so that it also fits what exists. */
const HINTED = 0.93;
const names: Readonly<Record<string, readonly string[]>> = {
  clusterName: ["meadow", "meadow", "meadow", "harbour"],
  fileSystemName: ["home", "scratch"],
  bucketName: ["results", "logs-2"],
  snapshotName: ["monday", "friday"],
  quotaName: ["projects", "spare-quota"],
  hostName: ["host-0", "host-1"],
  planName: ["no-plan-yet"],
  operationName: ["no-operation-yet"],
  operationId: ["00000000-0000-4000-8000-00000000dead"],
  location: ["local"],
  resourceGroupName: ["quickstart"],
  roleDefinitionId: ["a0000000-0000-4000-8000-000000000001", "a0000000-0000-4000-8000-000000000002"],
  roleAssignmentName: ["b0000000-0000-4000-8000-000000000001", "b0000000-0000-4000-8000-000000000002", "b0000000-0000-4000-8000-000000000003"],
  denyAssignmentId: ["d0000000-0000-4000-8000-000000000001", "d0000000-0000-4000-8000-000000000002"],
  servicePrincipalName: ["e0000000-0000-4000-8000-000000000001", "e0000000-0000-4000-8000-000000000002"],
};
/** The one cluster whose engine has an API of its own. */
const withNative: ReadonlySet<string> = new Set(["Clusters_getParity", "Clusters_invokeNative"]);
const NATIVE_CLUSTER = "reef";
/** Deletes mostly meet these, so that much else goes on existing. */
const shortLived: Readonly<Record<string, readonly string[]>> = { clusterName: ["harbour"], fileSystemName: ["scratch"], bucketName: ["logs-2"], snapshotName: ["friday"], quotaName: ["spare-quota"], servicePrincipalName: ["e0000000-0000-4000-8000-000000000002"] };
/** Words of the scopes that roles hang on: mostly the group, so that what was made at one is found again. */
const group = ["subscriptions", SUBSCRIPTION, "resourceGroups", "quickstart"];
const cluster = [...group, "providers", "Cynosure.Storage", "clusters", "meadow"];
const scopes: readonly (readonly string[])[] = [group, group, group, [], group.slice(0, 2), cluster, [...cluster, "fileSystems", "home"]];
export const identityTypes = ["None", "UserAssigned", "SystemAssigned", "SystemAssigned,UserAssigned"] as const;
const userAssigned = ["reader", "Writer_2"].map((name) => `/${group.join("/")}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/${name}`);
/** As the front door says which identity it made (H10); the served product believes it of this walk. */
const madeIdentity = { "x-ms-identity-url": "https://identity.test/made", "x-ms-identity-principal-id": "c0000000-0000-4000-8000-000000000001", "x-ms-home-tenant-id": "c0000000-0000-4000-8000-000000000002" };
const spareGroups = ["spare-1", "Spare_2", "spare.(3)"];
const hints: Readonly<Record<string, (random: Random) => unknown>> = {
  engine: () => "simulated",
  substrate: () => "local",
  engineVersion: () => "2.0",
  deploymentMode: () => "customerTenant",
  size: () => "local-small",
  location: (random) => random.pick(["local", "local", "Local", "LOCAL "]),
  count: (random) => random.between(3, 5),
  hostFailures: (random) => random.between(0, 1),
  scheme: () => "replication",
  usableCapacityGB: (random) => random.between(1, 30),
  fileSystem: () => "home",
  path: (random) => random.pick(["/projects", "/projects/weather", "/"]),
  seconds: (random) => random.between(1, 30),
  roleDefinitionId: (random) => `/providers/Microsoft.Authorization/roleDefinitions/${random.pick(["acdd72a7-3385-48ef-bd42-f606fba81ae7", "A0000000-0000-4000-8000-000000000001"])}`,
  principalId: (random) => `f0000000-0000-4000-8000-00000000000${random.between(0, 9)}`,
  roleName: (random) => `role ${random.between(0, 99)}`,
  actions: (random) => [random.pick(["*", "*/read", "Cynosure.Storage/*", "Cynosure.Storage/clusters/read"])],
  notActions: () => ["*/delete"],
  dataActions: () => ["Cynosure.Storage/clusters/listCredentials/action"],
  notDataActions: () => [],
  identity: (random) => {
    const type = random.pick(identityTypes);
    return type.includes("UserAssigned") ? { type, userAssignedIdentities: Object.fromEntries(userAssigned.slice(0, random.between(1, 2)).map((id) => [id, {}])) } : { type };
  },
  "Clusters_invokeNative.path": () => "/api/in/no/document",
  "Clusters_invokeNative.method": (random) => random.pick(["POST", "PUT", "PATCH", "DELETE"]),
  "NameAvailability_check.type": () => "Cynosure.Storage/clusters",
  assignableScopes: (random) => [random.pick(["/", `/subscriptions/${SUBSCRIPTION}/resourceGroups/quickstart`])],
};

/** A text that the pattern allows; the same seed draws the same. */
export function textMatching(pattern: string, random: Random): string {
  const [text] = fc.sample(fc.stringMatching(new RegExp(pattern)), { seed: random.between(0, 2 ** 31 - 1), numRuns: 1 });
  return text ?? "";
}

export function drawValue(operation: DocumentedOperation, given: Schema, random: Random, name = ""): unknown {
  const schema = operation.flatten(given);
  const hint = hints[`${operation.id}.${name}`] ?? hints[name];
  if (hint !== undefined && random.chance(HINTED)) return hint(random);
  if (schema.enum !== undefined) return random.pick(schema.enum);
  switch (schema.type) {
    case "object":
      return drawObject(operation, schema, random);
    case "array": {
      const count = random.between(schema.minItems ?? 0, Math.min(schema.maxItems ?? 3, (schema.minItems ?? 0) + 3));
      return Array.from({ length: count }, (_, index) => named(drawValue(operation, schema.items ?? {}, random, name), index));
    }
    case "integer":
    case "number":
      return random.chance(0.1) ? random.pick([schema.minimum ?? 0, schema.maximum ?? 1]) : random.between(schema.minimum ?? 0, Math.min(schema.maximum ?? 100, (schema.minimum ?? 0) + 40));
    case "boolean":
      return random.chance(0.5);
    case "string": {
      if (schema.pattern !== undefined) return textMatching(schema.pattern, random);
      return random.pick(["a", "ada", "größe", "名前", "🦊 fox", "x".repeat(Math.min(schema.maxLength ?? 40, 200))]);
    }
    default:
      return random.pick([1, "x", null]);
  }
}

/** Items of a list are told apart by their names. */
function named(item: unknown, index: number): unknown {
  return typeof item === "object" && item !== null && "name" in item ? { ...item, name: `item-${index}` } : item;
}

function drawObject(operation: DocumentedOperation, schema: Schema, random: Random): Record<string, unknown> {
  const value: Record<string, unknown> = {};
  for (const [name, property] of Object.entries(schema.properties ?? {})) {
    if (operation.flatten(property).readOnly === true) continue;
    if (schema.required?.includes(name) === true || random.chance(0.5)) value[name] = drawValue(operation, property, random, name);
  }
  const { additionalProperties } = schema;
  if (typeof additionalProperties === "object") {
    for (const key of ["team", "cost center", "constructor", "größe"].slice(0, random.between(0, 3))) value[key] = drawValue(operation, additionalProperties, random);
  }
  return value;
}

function drawSegment(request: TestRequest, name: string, random: Random, memory: Memory): string {
  const { operation } = request;
  if (name === "subscriptionId") return random.chance(0.1) ? SUBSCRIPTION.toUpperCase() : SUBSCRIPTION;
  // A group goes with all that is in it: the one the others are about must stay.
  if (name === "resourceGroupName" && operation.id.startsWith("ResourceGroups_") && (operation.method === "DELETE" || random.chance(0.8))) return random.pick(spareGroups);
  if (name === "clusterName" && withNative.has(operation.id) && random.chance(HINTED)) return NATIVE_CLUSTER;
  const isLast = operation.path.endsWith(`{${name}}`);
  const last = shortLived[name];
  if (last !== undefined && operation.method === "DELETE" && isLast && random.chance(HINTED)) return random.pick(last);
  const known = [...memory.recall(name), ...(names[name] ?? [])];
  const [latest = ""] = memory.recall(name).slice(-1);
  if (known.length > 0 && random.chance(HINTED)) return latest !== "" && random.chance(0.5) ? latest : random.pick(known);
  const schema = operation.parameters.find((parameter) => parameter.name === name)?.schema ?? {};
  const { pattern = "^[a-z][a-z0-9-]{2,20}$" } = operation.flatten(schema);
  return textMatching(pattern, random).slice(0, 200);
}

/** `%` encodes what a path cannot hold; letters, digits and the rest stay as they are. */
const encode = (text: string): string => encodeURIComponent(text.toWellFormed());

export function drawRequest(operation: DocumentedOperation, random: Random, memory: Memory): TestRequest {
  const request: TestRequest = { operation, method: operation.method, segments: [], query: [["api-version", operation.apiVersion]], headers: {}, value: undefined, body: null, chunked: false, hostless: false, token: "good", broken: [], mustRefuse: false };
  request.segments = operation.path.slice(1).split("/").flatMap((word) => {
    const name = /^\{(.+)\}$/.exec(word)?.[1];
    if (name === "scope") return random.pick(scopes);
    return name === undefined ? (random.chance(0.05) ? word.toUpperCase() : word) : encode(drawSegment(request, name, random, memory));
  });
  if (operation.body !== null) {
    request.value = drawValue(operation, operation.body, random);
    request.body = Buffer.from(JSON.stringify(request.value));
    request.headers["content-type"] = random.pick(["application/json", "application/json", "application/json; charset=utf-8", "Application/JSON"]);
    request.chunked = random.chance(0.1);
    if (/"type":"SystemAssigned/.test(String(request.body)) && random.chance(HINTED)) Object.assign(request.headers, madeIdentity);
  }
  if (/list/i.test(operation.id) && operation.method === "GET" && random.chance(0.3)) request.query.push(["$top", String(random.between(1, 5))]);
  if (random.chance(0.1)) request.headers["x-ms-client-request-id"] = "11111111-2222-4333-8444-555555555555";
  if (random.chance(0.1)) request.headers["if-match"] = operation.method === "PUT" ? "" : "*";
  return request;
}
