// Tags as a resource of their own (`{scope}/providers/Microsoft.Resources/tags/default`): read, replaced, merged or
// taken away without touching anything else of the scope. The tags of a cluster are the provider's to change.
import { checkTags } from "@cynosure/arm-protocol";
import type { RequestContext } from "@cynosure/arm-protocol";
import { CLUSTER_TYPE, GROUP_TYPE, NAMESPACE, clusterId, groupId, groupNotFound, keyOf, notFound, raise, subscriptionKey } from "@cynosure/arm-store";
import { ControlPlaneError } from "@cynosure/model";
import type { RouteAnswer, RouteRequest, ServedRoute } from "@cynosure/http-server";
import type { StoredResource } from "@cynosure/resource-store";
import { contextOf, frontDoorRoute, invalidBody, isObject, param } from "./front-door-route.ts";
import type { FrontDoorOptions, ProviderPort } from "./options.ts";
import { putGroup } from "./resource-groups.ts";

type Tags = Readonly<Record<string, string>>;
type Provider = () => ProviderPort;

interface TaggedScope {
  readonly path: string;
  read(request: RouteRequest): Promise<StoredResource>;
  write(request: RouteRequest, row: StoredResource, tags: Tags, context: RequestContext): Promise<Tags>;
}

const GROUP_PATH = "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}";
const OPERATIONS = ["Merge", "Replace", "Delete"] as const;
type TagOperation = (typeof OPERATIONS)[number];

const groupParams = (request: RouteRequest) => ({ subscriptionId: param(request, "subscriptionId"), resourceGroupName: param(request, "resourceGroupName") });
const clusterParams = (request: RouteRequest) => ({ ...groupParams(request), clusterName: param(request, "clusterName") });

function scopes(options: FrontDoorOptions, provider: Provider): readonly TaggedScope[] {
  const { store } = options;
  return [
    {
      path: GROUP_PATH,
      read: async (request) => {
        const row = await store.resources.get(keyOf(groupId(groupParams(request))));
        if (row === null) throw groupNotFound(param(request, "resourceGroupName"));
        return row;
      },
      write: async (request, row, tags, context) => (await putGroup(options, context, groupId(groupParams(request)), { location: row.location ?? "", tags })).resource.tags,
    },
    {
      path: `${GROUP_PATH}/providers/${NAMESPACE}/clusters/{clusterName}`,
      read: async (request) => {
        const id = clusterId(clusterParams(request));
        const row = await store.resources.get(keyOf(id));
        if (row === null) throw notFound(id);
        return row;
      },
      write: async (request, _row, tags, context) => {
        const result = await provider().Clusters_Update({ params: clusterParams(request), query: {}, body: { tags }, context });
        return result.status === 200 ? (result.body.tags ?? {}) : tags;
      },
    },
  ];
}

const answerOf = (row: StoredResource, tags: Tags): RouteAnswer => ({ status: 200, body: { id: `${row.id}/providers/Microsoft.Resources/tags/default`, name: "default", type: "Microsoft.Resources/tags", properties: { tags } } });

export function tagRoutes(options: FrontDoorOptions, provider: Provider): readonly ServedRoute[] {
  const ofScopes = scopes(options, provider).flatMap((scope) => {
    const path = `${scope.path}/providers/Microsoft.Resources/tags/default`;
    const change = (next: (before: Tags, request: RouteRequest) => Tags) => async (request: RouteRequest): Promise<RouteAnswer> => {
      const row = await scope.read(request);
      return answerOf(row, await scope.write(request, row, next(row.tags, request), contextOf(request)));
    };
    return [
      frontDoorRoute({ method: "GET", path, permission: "Microsoft.Resources/tags/read", answer: async (request) => { const row = await scope.read(request); return answerOf(row, row.tags); } }),
      frontDoorRoute({ method: "PUT", path, takes: "json", permission: "Microsoft.Resources/tags/write", answer: change((_before, request) => readTags(request.body)) }),
      frontDoorRoute({ method: "PATCH", path, takes: "json", permission: "Microsoft.Resources/tags/write", answer: change((before, request) => patched(before, request.body)) }),
      frontDoorRoute({ method: "DELETE", path, permission: "Microsoft.Resources/tags/delete", answer: async (request) => { await change(() => ({}))(request); return { status: 200 }; } }),
    ];
  });
  return [...ofScopes, frontDoorRoute({ method: "GET", path: "/subscriptions/{subscriptionId}/tagNames", permission: "Microsoft.Resources/subscriptions/tagNames/read", answer: (request) => listTagNames(options, request) })];
}

function readTags(body: unknown): Tags {
  const properties = isObject(body) ? body["properties"] : undefined;
  const wished = isObject(properties) ? properties["tags"] : undefined;
  if (!isObject(wished)) throw invalidBody("The body must hold 'properties.tags', an object of texts.", "properties.tags");
  const checked = checkTags(wished);
  if (!checked.ok) throw raise({ ...checked.problem, target: `properties.${checked.problem.target ?? "tags"}` });
  return checked.value;
}

function patched(before: Tags, body: unknown): Tags {
  const asked = isObject(body) ? body["operation"] : undefined;
  const operation = OPERATIONS.find((known) => typeof asked === "string" && known.toLowerCase() === asked.toLowerCase());
  if (operation === undefined) throw invalidBody(`The 'operation' must be one of: ${OPERATIONS.join(", ")}.`, "operation");
  return applyTags(operation, before, readTags(body));
}

/** Tag names are the same name in any case; the casing last written is kept. */
function applyTags(operation: TagOperation, before: Tags, wished: Tags): Tags {
  if (operation === "Replace") return wished;
  const names = new Map(Object.entries(wished).map(([name, value]) => [name.toLowerCase(), value]));
  // Delete takes a tag away only where its value is the one that was named.
  const goes = ([name, value]: readonly [string, string]): boolean => names.has(name.toLowerCase()) && (operation === "Merge" || names.get(name.toLowerCase()) === value);
  const kept = Object.fromEntries(Object.entries(before).filter((entry) => !goes(entry)));
  return operation === "Merge" ? { ...kept, ...wished } : kept;
}

const ROWS_PER_READ = 500;
const TAGGED_ROWS_MAX = 20_000;

async function listTagNames({ store }: FrontDoorOptions, request: RouteRequest): Promise<RouteAnswer> {
  const subscriptionId = param(request, "subscriptionId");
  const counts = new Map<string, { readonly name: string; readonly values: Map<string, number> }>();
  let seen = 0;
  for (const type of [GROUP_TYPE, CLUSTER_TYPE]) {
    let after: StoredResource["key"] | undefined;
    for (;;) {
      const rows = await store.resources.list({ type, keyPrefix: `${subscriptionKey(subscriptionId)}/`, limitMax: ROWS_PER_READ, ...(after === undefined ? {} : { afterKey: after }) });
      for (const row of rows) for (const [name, value] of Object.entries(row.tags)) count(counts, name, value);
      seen += rows.length;
      if (seen > TAGGED_ROWS_MAX) throw new ControlPlaneError("OperationNotAllowed", `The subscription holds more than ${TAGGED_ROWS_MAX} resources; their tags are not counted in one answer. List the resources with $filter=tagName eq '…' instead.`, { target: "tagNames" });
      after = rows.at(-1)?.key;
      if (rows.length < ROWS_PER_READ) break;
    }
  }
  const total = (value: number) => ({ type: "Total", value });
  const value = [...counts.values()].toSorted((a, b) => (a.name < b.name ? -1 : 1)).map(({ name, values }) => ({
    id: `/subscriptions/${subscriptionId}/tagNames/${name}`,
    tagName: name,
    count: total([...values.values()].reduce((sum, each) => sum + each, 0)),
    values: [...values].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([tagValue, times]) => ({ id: `/subscriptions/${subscriptionId}/tagNames/${name}/tagValues/${tagValue}`, tagValue, count: total(times) })),
  }));
  return { status: 200, body: { value } };
}

function count(counts: Map<string, { readonly name: string; readonly values: Map<string, number> }>, name: string, value: string): void {
  const entry = counts.get(name.toLowerCase()) ?? { name, values: new Map<string, number>() };
  counts.set(name.toLowerCase(), entry);
  entry.values.set(value, (entry.values.get(value) ?? 0) + 1);
}
