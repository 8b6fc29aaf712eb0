// What a requirement file may say, as data: the reader walks it. Limits are those of the contract (a test
// compares them), told here because here the line is known. What depends on the location or on other values
// (host sizes, protection the host count can carry) is judged by the service, in one place.

export type Shape =
  | { readonly kind: "map"; readonly keys: Readonly<Record<string, { readonly shape: Shape; readonly isRequired: boolean }>> }
  | { readonly kind: "list"; readonly item: Shape; readonly itemsMin?: number; readonly itemsMax: number; readonly uniqueNames?: boolean }
  | { readonly kind: "text"; readonly oneOf?: readonly string[]; readonly pattern?: string; readonly lengthMax?: number }
  | { readonly kind: "number"; readonly min: number; readonly max: number };

const name = (pattern: string): Shape => ({ kind: "text", pattern });
const integer = (min: number, max: number): Shape => ({ kind: "number", min, max });
const childName = name("^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$");
const required = (shape: Shape): { shape: Shape; isRequired: boolean } => ({ shape, isRequired: true });
const optional = (shape: Shape): { shape: Shape; isRequired: boolean } => ({ shape, isRequired: false });

const protection: Shape = {
  kind: "map",
  keys: { hostFailures: required(integer(0, 16)), scheme: optional({ kind: "text", oneOf: ["replication", "erasureCoding"] }) },
};

const fileSystem: Shape = {
  kind: "map",
  keys: {
    name: required(childName),
    usableCapacityGB: required(integer(1, 1_000_000_000)),
    protocols: required({ kind: "list", item: { kind: "text", oneOf: ["nfs"] }, itemsMin: 1, itemsMax: 1 }),
    protection: required(protection),
  },
};

const bucket: Shape = { kind: "map", keys: { name: required(childName), protection: required(protection) } };

const site: Shape = {
  kind: "map",
  keys: {
    name: required(name("^[a-z][a-z0-9-]{1,30}[a-z0-9]$")),
    location: required({ kind: "text", lengthMax: 64 }),
    hosts: optional({ kind: "map", keys: { count: required(integer(3, 1024)) } }),
    fileSystems: optional({ kind: "list", item: fileSystem, itemsMax: 64, uniqueNames: true }),
    buckets: optional({ kind: "list", item: bucket, itemsMax: 64, uniqueNames: true }),
  },
};

export const requirementShape: Shape = {
  kind: "map",
  keys: {
    apiVersion: required({ kind: "text", oneOf: ["cynosure/v1"] }),
    kind: required({ kind: "text", oneOf: ["Requirement"] }),
    name: required(name("^[a-z][a-z0-9-]{1,61}[a-z0-9]$")),
    sites: required({ kind: "list", item: site, itemsMin: 1, itemsMax: 16, uniqueNames: true }),
  },
};
