// Which version each operation of the dashboard is asked for in: it refuses a request whose Accept header names no
// version or one that it does not serve. Read from its own document, where each answer's media type names it.

/** "1.0", "0.1", …: what the operation behind this method and path is served in. */
export type VersionOf = (method: string, path: string) => string;

/** What the dashboard serves nearly everything in, and what is asked of it where its document says nothing. */
const USUAL_VERSION = "1.0";
const mediaType = /^application\/vnd\.ceph\.api\.v(\d+\.\d+)\+json$/;

export const versionedMediaType = (version: string): string => `application/vnd.ceph.api.v${version}+json`;

interface VersionedPath {
  readonly segments: readonly string[];
  readonly version: string;
}

const segmentsOf = (path: string): string[] => path.split("/").filter((segment) => segment !== "");
const isParameter = (segment: string): boolean => segment.startsWith("{");

export function readVersions(document: unknown): VersionOf {
  const byShape = new Map<string, VersionedPath[]>();
  const shape = (method: string, segments: readonly string[]): string => `${method.toUpperCase()} ${segments.length}`;
  for (const [path, item] of entries(entry(document, "paths"))) {
    for (const [method, operation] of entries(item)) {
      const segments = segmentsOf(path);
      const key = shape(method, segments);
      byShape.set(key, [...(byShape.get(key) ?? []), { segments, version: versionOf(operation) }]);
    }
  }
  // A path of words is meant before one with a parameter in the same place.
  for (const paths of byShape.values()) paths.sort((a, b) => a.segments.filter(isParameter).length - b.segments.filter(isParameter).length);
  return (method, path) => {
    const asked = segmentsOf(path);
    return byShape.get(shape(method, asked))?.find(({ segments }) => segments.every((segment, k) => isParameter(segment) || segment === asked[k]))?.version ?? USUAL_VERSION;
  };
}

function versionOf(operation: unknown): string {
  for (const [, answer] of entries(entry(operation, "responses"))) {
    for (const [type] of entries(entry(answer, "content"))) {
      const version = mediaType.exec(type)?.[1];
      if (version !== undefined) return version;
    }
  }
  return USUAL_VERSION;
}

const entries = (value: unknown): [string, unknown][] => (typeof value === "object" && value !== null ? Object.entries(value) : []);
const entry = (value: unknown, key: string): unknown => entries(value).find(([name]) => name === key)?.[1];
