// An engine's own types below its cluster: one path for all of them, whose words decide what is authorised. What they mean is
// decided in projected types; here is everything about HTTP, the caller, and the record of what was sent.
import { NAMESPACE } from "@cynosure/arm-store";
import { routes } from "@cynosure/contract";
import type { RouteAnswer, RouteRequest, ServedRoute } from "@cynosure/http-server";
import { ControlPlaneError } from "@cynosure/model";
import { isProjectedWord } from "@cynosure/projected-types";
import type { ProjectedMethod, ProjectedRequest } from "@cynosure/projected-types";
import { clusterParams, engineOfWord, findParent, openEngine, projectedCluster, requireEngineOfWord } from "./engine-of-cluster.ts";
import { formatAnswer } from "./format-answer.ts";
import type { ProjectedRoutesOptions } from "./options.ts";
import { recordWrite } from "./record-write.ts";
import { requireRights } from "./require-rights.ts";

const PATH = `/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/${NAMESPACE}/clusters/{clusterName}/{*rest}`;
const API_VERSIONS = [...new Set(routes.filter(({ namespace, resourceType }) => namespace === NAMESPACE && resourceType === `${NAMESPACE}/clusters`).flatMap(({ apiVersions }) => apiVersions))];

type Method = ProjectedMethod | "HEAD";

/** Types and names alternate; an odd count of words is a list or an action. What hangs on a resource (`…/providers/Microsoft.Authorization/…`) is none of ours. */
const isProjected = (rest: readonly string[]): boolean => isProjectedWord(rest[0] ?? "") && !rest.some((word, at) => at % 2 === 0 && word.toLowerCase() === "providers");
const isObject = (rest: readonly string[]): boolean => isProjected(rest) && rest.length % 2 === 0;

const METHODS: Readonly<Record<Method, { readonly takes: ServedRoute["takes"]; readonly takesRest: (rest: readonly string[]) => boolean }>> = {
  GET: { takes: "nothing", takesRest: isProjected },
  HEAD: { takes: "nothing", takesRest: isObject },
  PUT: { takes: "json", takesRest: isObject },
  PATCH: { takes: "json", takesRest: isObject },
  DELETE: { takes: "nothing", takesRest: isObject },
  POST: { takes: "json", takesRest: isProjected },
};

const wordsOf = (params: Readonly<Record<string, string>>): readonly string[] => (params["rest"] ?? "").split("/");
const askedMethod = (method: Method): ProjectedMethod => (method === "HEAD" ? "GET" : method);

export function projectedRoutes(options: ProjectedRoutesOptions): readonly ServedRoute[] {
  return (Object.keys(METHODS) as Method[]).map((method): ServedRoute => ({ // the keys of the record above
    method,
    path: PATH,
    ...METHODS[method],
    access: "bearer",
    apiVersion: { providerType: { namespace: NAMESPACE, type: "clusters", locations: options.locations }, supported: API_VERSIONS },
    // By the word's engine and never by the cluster: whether there is one is told to those only who hold the right.
    permission: ({ params }) => Promise.resolve(permissionsByWords(options, askedMethod(method), wordsOf(params))),
    answer: (request) => answerProjected(options, askedMethod(method), request),
  }));
}

function permissionsByWords({ projected, native }: ProjectedRoutesOptions, method: ProjectedMethod, words: readonly string[]): readonly string[] {
  const engine = engineOfWord(words[0] ?? "");
  return projected.intentOf(engine === undefined ? null : native.catalogueOf(engine), { method, words }).permissions;
}

async function answerProjected(options: ProjectedRoutesOptions, method: ProjectedMethod, request: RouteRequest): Promise<RouteAnswer> {
  const words = wordsOf(request.params);
  const mustBe = conditionOf(method, request);
  const body = bodyOf(method, request.body);
  const row = await findParent(options, clusterParams(request.params));
  requireEngineOfWord(row, words[0] ?? "");
  const engine = await openEngine(options, row);
  const { permissions, isWrite } = options.projected.intentOf(engine.catalogue, { method, words });
  // The engine's own document may be newer than the one that was asked before, and mean something else by the same words.
  const asked = permissionsByWords(options, method, words);
  if (request.principal !== null) await requireRights(options, row, permissions.filter((permission) => !asked.includes(permission)), request.principal, "as its own document has it");
  if (isWrite) {
    await recordWrite(options, { principalId: request.principal?.id ?? "", correlationId: request.correlation.correlationId, action: permissions[0] ?? "", resourceId: `${row.id}/${words.join("/")}`, body });
  }
  const wanted: ProjectedRequest = { method, words, query: request.query, body, ...(mustBe === undefined ? {} : { mustBe }) };
  const answer = await options.projected.answer(engine, projectedCluster(row), wanted);
  return formatAnswer(answer, request, method === "GET" && !isWrite, options);
}

function conditionOf(method: ProjectedMethod, { condition }: RouteRequest): ProjectedRequest["mustBe"] {
  if (method === "GET" || method === "POST") return undefined;
  switch (condition.kind) {
    case "none":
      return undefined;
    case "ifMatchAny":
      return "present";
    case "ifNoneMatchAny":
      return "absent";
    case "ifMatch":
    case "ifNoneMatch": {
      const header = condition.kind === "ifMatch" ? "If-Match" : "If-None-Match";
      throw new ControlPlaneError("InvalidParameter", `The header '${header}' names an etag, and objects of an engine have none. Send '${header}: *', or leave it out.`, { target: header });
    }
  }
}

function bodyOf(method: ProjectedMethod, body: unknown): unknown {
  if (method === "GET" || method === "DELETE") return undefined;
  if (body === undefined && method === "POST") return undefined;
  if (typeof body !== "object" || body === null || Array.isArray(body)) throw new ControlPlaneError("InvalidRequestContent", "The request body is no JSON object. Send an object; the values of the engine go under 'properties'.", { target: "$" });
  // `az resource create` sends the group's location with every type it makes; what is in a cluster lives where its cluster does.
  return method === "PUT" && "location" in body && typeof body.location === "string" ? Object.fromEntries(Object.entries(body).filter(([name]) => name !== "location")) : body;
}
