// A catalogue as the manifest of a resource provider: which types there are, how they are routed, in which version, and what
// a role can name. Fields are those of Microsoft.ProviderHub's published contract (2020-11-20), and only those that the
// catalogue answers; endpoints, owners and authorizations are added by whoever registers the provider.
import { isDataAction } from "@cynosure/contract";
import { PERMISSIONS } from "@cynosure/projection";
import type { Catalogue, CatalogueOperation } from "@cynosure/projection";
import { leftOut } from "./arm-operations.ts";
import { wordsOf } from "./names.ts";
import { API_VERSION, NAMESPACE } from "./provider.ts";

export interface ManifestResourceType {
  readonly name: string;
  readonly routingType: "ProxyOnly";
  readonly endpoints: readonly { readonly enabled: true; readonly apiVersions: readonly string[] }[];
}

export interface ManifestOperation {
  readonly name: string;
  readonly isDataAction: boolean;
  readonly display: { readonly provider: string; readonly resource: string; readonly operation: string; readonly description: string };
}

export interface Manifest {
  readonly manifest: {
    readonly namespace: string;
    readonly providerVersion: "2.0";
    readonly metadata: { readonly engine: string; readonly documentHash: string; readonly leftOut: readonly string[] };
    readonly resourceTypes: readonly ManifestResourceType[];
  };
  /** Registered apart from the manifest. */
  readonly operations: { readonly contents: readonly ManifestOperation[] };
}

export function exportManifest(catalogue: Catalogue): Manifest {
  const below = PERMISSIONS.slice(NAMESPACE.length + 1);
  const byName = new Map<string, CatalogueOperation>();
  for (const operation of catalogue.operations) if (operation.armVerb !== null && !byName.has(operation.permission)) byName.set(operation.permission, operation);
  return {
    manifest: {
      namespace: NAMESPACE,
      providerVersion: "2.0",
      metadata: { engine: catalogue.engine, documentHash: catalogue.documentHash, leftOut: leftOut(catalogue).map(({ method, path }) => `${method} ${path}`).toSorted() },
      resourceTypes: catalogue.types.map(({ armType }) => `${below}/${armType}`).toSorted().map((name) => ({ name, routingType: "ProxyOnly", endpoints: [{ enabled: true, apiVersions: [API_VERSION] }] })),
    },
    operations: { contents: [...byName].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([name, operation]) => manifestOperation(name, operation)) },
  };
}

const VERBS: Readonly<Record<string, string>> = { read: "Get or List", write: "Create or Update", delete: "Delete" };

function manifestOperation(name: string, { armType, armVerb, action }: CatalogueOperation): ManifestOperation {
  const resource = armType === null ? "clusters" : wordsOf(armType);
  const verb = armVerb === "action" ? wordsOf(action ?? "") : (VERBS[armVerb === "delete" ? "delete" : armVerb === "list" || armVerb === "get" ? "read" : "write"] ?? "");
  const isApart = isDataAction(name);
  return { name, isDataAction: isApart, display: { provider: "Cynosure Storage", resource, operation: `${verb}: ${resource}`, description: `${verb} of the storage engine's ${resource}${isApart ? ", apart from every wildcard" : ""}.` } };
}
