// Projected types that record what they are asked and answer what the test says. Rights follow the words in the simplest way.
import type { NativeOperationState, ProjectedAnswer, ProjectedCluster, ProjectedIntent, ProjectedRequest, ProjectedTypes } from "@cynosure/projected-types";

export interface FakeProjectedTypes extends ProjectedTypes {
  readonly asked: readonly { readonly cluster: ProjectedCluster; readonly request: ProjectedRequest }[];
  /** Thrown when it is an error. */
  next: ProjectedAnswer | Error;
  operation: NativeOperationState | null;
}

const VERBS = { GET: "read", PUT: "write", PATCH: "write", DELETE: "delete", POST: "action" } as const;

export function fakeProjectedTypes(): FakeProjectedTypes {
  const asked: { cluster: ProjectedCluster; request: ProjectedRequest }[] = [];
  const intentOf: ProjectedTypes["intentOf"] = (_catalogue, { method, words }): ProjectedIntent => {
    const [type = "", last = ""] = [words[0], words.at(-1)];
    const internal = type.toLowerCase() === "vastenvs";
    if (internal) return { permissions: [`Cynosure.Storage/clusters/engineInternals/${type}/${VERBS[method]}/action`], isWrite: true };
    return { permissions: [method === "POST" ? `Cynosure.Storage/clusters/${type}/${last}/action` : `Cynosure.Storage/clusters/${type}/${VERBS[method]}`], isWrite: method !== "GET" };
  };
  const fake: FakeProjectedTypes = {
    asked,
    next: { status: 200, body: {} },
    operation: null,
    intentOf,
    answer: (_engine, cluster, request) => {
      asked.push({ cluster, request });
      return fake.next instanceof Error ? Promise.reject(fake.next) : Promise.resolve(fake.next);
    },
    readOperation: () => Promise.resolve(fake.operation),
  };
  return fake;
}
