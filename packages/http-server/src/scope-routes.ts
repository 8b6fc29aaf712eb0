// Paths of the contract that hang on any scope (`/{scope}/providers/…`), written out for each depth of scope there
// is: the router matches word by word, and a variable of many words would swallow what is behind it.

const SCOPE = "/{scope}";

/** Parameter names of their own for what is part of the scope only. */
const CHILD = "{scopeChildType}/{scopeChildName}";

/** The tenant, a subscription, a group, a cluster, and what is in a cluster. */
function scopePaths(namespace: string): readonly string[] {
  const group = "/subscriptions/{subscriptionId}/resourceGroups/{scopeGroupName}";
  const cluster = `${group}/providers/${namespace}/clusters/{scopeClusterName}`;
  return ["", "/subscriptions/{subscriptionId}", group, cluster, `${cluster}/${CHILD}`];
}

export interface ScopePath {
  readonly path: string;
  /** With `scope` put together from the words of the URL, with its leading slash; other parameters as they are. */
  readonly readParams: (params: Readonly<Record<string, string>>) => Readonly<Record<string, string>>;
}

/** A path without a scope is itself. */
export function expandScope(path: string, namespace: string): readonly ScopePath[] {
  if (!path.startsWith(`${SCOPE}/`)) return [{ path, readParams: (params) => params }];
  const rest = path.slice(SCOPE.length);
  return scopePaths(namespace).map((scopePath) => ({
    path: `${scopePath}${rest}`,
    readParams: (params) => ({ ...params, scope: scopePath === "" ? "/" : scopePath.replace(/\{([^}]+)\}/g, (_word, name: string) => params[name] ?? "") }),
  }));
}
