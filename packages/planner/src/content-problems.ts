// What cannot be wanted of the inside of a cluster, whatever the engine: a snapshot or quota of a file system that is
// not wanted, a path that no directory has, two quotas of one directory.
import type { ClusterContents, LayoutProblem, QuotaPolicy, SnapshotPolicy } from "@cynosure/model";

/** Names that mean something else than a directory: this one, the one above, and where engines show snapshots. */
const reserved = new Set([".", "..", ".snap", ".snapshot"]);
const NAME_BYTES_MAX = 255;

const utf8 = new TextEncoder();

function pathProblem(path: string): string | null {
  if (path === "/") return null;
  if (!path.startsWith("/") || path.endsWith("/") || path.includes("//")) return "begins with /, has no / at its end and no two in a row";
  const names = path.slice(1).split("/");
  if (names.some((name) => reserved.has(name))) return `has none of ${[...reserved].join(", ")} in it`;
  if (names.some((name) => [...name].some((letter) => letter < " " || letter === "\u007f"))) return "has no control characters";
  return names.some((name) => utf8.encode(name).length > NAME_BYTES_MAX) ? `has names of at most ${NAME_BYTES_MAX} bytes` : null;
}

export function contentProblems({ fileSystems, snapshots, quotas }: ClusterContents): LayoutProblem[] {
  const known = new Set(fileSystems.map(({ name }) => name));
  const missing = (what: string, collection: string, { name, fileSystem }: SnapshotPolicy | QuotaPolicy): LayoutProblem[] =>
    known.has(fileSystem) ? [] : [{ target: `properties.${collection}.${name}.fileSystem`, message: `${what} ${name} is of file system ${fileSystem}, which is not there or is being deleted. Create the file system first, or name another.` }];
  const owners = Map.groupBy(quotas, ({ fileSystem, path }) => `${fileSystem}:${path}`);
  const ofQuota = (quota: QuotaPolicy): LayoutProblem[] => {
    const target = `properties.quotas.${quota.name}.path`;
    const wrong = pathProblem(quota.path);
    const others = (owners.get(`${quota.fileSystem}:${quota.path}`) ?? []).filter(({ name }) => name !== quota.name);
    return [
      ...(wrong === null ? [] : [{ target, message: `The path of quota ${quota.name} is ${JSON.stringify(quota.path)}; a path ${wrong}. Give a path such as /projects/weather, or / for the whole file system.` }]),
      ...(others.length === 0 ? [] : [{ target, message: `Directory ${quota.path} of file system ${quota.fileSystem} has quota ${others.map(({ name }) => name).join(", ")} already, and a directory has one. Change that one, or choose another path.` }]),
    ];
  };
  return [...snapshots.flatMap((snapshot) => missing("Snapshot", "snapshots", snapshot)), ...quotas.flatMap((quota) => [...missing("Quota", "quotas", quota), ...ofQuota(quota)])];
}
