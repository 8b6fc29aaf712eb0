// A Terraform file as the azapi provider sends it: `azapi_resource` blocks with their references resolved, one PUT
// each with `body`, location and tags. Reads what our example uses; anything else is an error.
import { createRequire } from "node:module";
import { groupIdOf, isRecord, mapTexts } from "./planned-put.ts";
import type { Deployment, PlannedPut } from "./planned-put.ts";

interface Block {
  readonly type: string;
  readonly name: string;
  readonly parent_id: string;
  readonly location?: string;
  readonly tags?: unknown;
  readonly body: Readonly<Record<string, unknown>>;
}
interface File {
  readonly variable: Readonly<Record<string, readonly { readonly default?: unknown }[]>>;
  readonly resource: { readonly azapi_resource: Readonly<Record<string, readonly Block[]>> };
}

const REFERENCE = /\$\{([^}]+)\}/g;
/** `hostCount` is `host_count`, `usableCapacityGB` is `usable_capacity_gb`. */
const snake = (name: string): string => name.replace(/([a-z0-9])([A-Z])/g, "$1_$2").toLowerCase();

function parse(text: string): File {
  // CommonJS made from Go, without types; a fault in the file is the second of the pair.
  const { parseToObject } = createRequire(import.meta.url)("hcl2-parser") as { parseToObject(text: string): readonly [File | null, unknown] };
  const [file, fault] = parseToObject(text);
  if (file === null || (fault !== null && fault !== undefined)) throw new Error(`the Terraform file cannot be read: ${JSON.stringify(fault)}`);
  return file;
}

export function planTerraform(text: string, deployment: Deployment): readonly PlannedPut[] {
  const file = parse(text);
  const given = Object.fromEntries(Object.entries({ resource_group_id: groupIdOf(deployment), ...deployment.parameters }).map(([name, value]) => [snake(name), value]));
  const blocks = file.resource.azapi_resource;
  const block = (name: string): Block => {
    const found = blocks[name]?.[0];
    if (found === undefined) throw new Error(`no resource azapi_resource.${name}`);
    return found;
  };
  const idOf = (name: string): string => {
    const { type, name: own, parent_id: parent } = block(name);
    const [namespace, ...types] = (type.split("@")[0] ?? "").split("/");
    const above = String(resolve(parent));
    return `${above}${types.length > 1 ? "" : `/providers/${namespace}`}/${types.at(-1)}/${String(resolve(own))}`;
  };
  const lookUp = (path: string): unknown => {
    const [kind, name = "", field] = path.trim().split(".");
    if (kind === "var" && file.variable[name] !== undefined) return given[name] ?? file.variable[name]?.[0]?.default;
    if (kind === "azapi_resource" && field === "id") return idOf(name);
    // `azapi_resource.x.id`: the middle word is the block's name.
    throw new Error(`the reference ${path} is not known here`);
  };
  const resolve = (value: unknown): unknown => mapTexts(value, (each) => (/^\$\{[^}]+\}$/.test(each) ? lookUp(each.slice(2, -1)) : each.replace(REFERENCE, (_, path: string) => String(lookUp(path)))));
  return Object.keys(blocks).map((name) => {
    const { type, location, tags, body } = block(name);
    const [bare = "", apiVersion = ""] = type.split("@");
    const sent = { ...(location === undefined ? {} : { location: resolve(location) }), ...(tags === undefined ? {} : { tags: resolve(tags) }), ...asRecord(resolve(body)) };
    const references = [...JSON.stringify(block(name)).matchAll(/azapi_resource\.(\w+)\./g)].map((match) => idOf(match[1] ?? ""));
    return { id: idOf(name), type: bare, apiVersion, body: sent, dependsOn: [...new Set(references)] };
  });
}

const asRecord = (value: unknown): Readonly<Record<string, unknown>> => (isRecord(value) ? value : {});
