// What a requirement file may say, as data: the reader walks it. The values themselves (names, ranges that
// depend on the location, protection the host count can carry) are judged by the service, in one place.

export type Shape =
  | { readonly kind: "map"; readonly keys: Readonly<Record<string, { readonly shape: Shape; readonly isRequired: boolean }>> }
  | { readonly kind: "list"; readonly item: Shape; readonly itemsMax: number }
  | { readonly kind: "text"; readonly oneOf?: readonly string[] }
  | { readonly kind: "number"; readonly isInteger: boolean };

const text: Shape = { kind: "text" };
const integer: Shape = { kind: "number", isInteger: true };
const required = (shape: Shape): { shape: Shape; isRequired: boolean } => ({ shape, isRequired: true });
const optional = (shape: Shape): { shape: Shape; isRequired: boolean } => ({ shape, isRequired: false });

const protection: Shape = {
  kind: "map",
  keys: { hostFailures: required(integer), scheme: optional({ kind: "text", oneOf: ["replication", "erasureCoding"] }) },
};

const fileSystem: Shape = {
  kind: "map",
  keys: {
    name: required(text),
    usableCapacityGB: required(integer),
    protocols: required({ kind: "list", item: { kind: "text", oneOf: ["nfs"] }, itemsMax: 8 }),
    protection: required(protection),
  },
};

const bucket: Shape = { kind: "map", keys: { name: required(text), protection: required(protection) } };

const site: Shape = {
  kind: "map",
  keys: {
    name: required(text),
    location: required(text),
    hosts: optional({ kind: "map", keys: { count: required(integer) } }),
    fileSystems: optional({ kind: "list", item: fileSystem, itemsMax: 64 }),
    buckets: optional({ kind: "list", item: bucket, itemsMax: 64 }),
  },
};

export const requirementShape: Shape = {
  kind: "map",
  keys: {
    apiVersion: required({ kind: "text", oneOf: ["cynosure/v1"] }),
    kind: required({ kind: "text", oneOf: ["Requirement"] }),
    name: required(text),
    sites: required({ kind: "list", item: site, itemsMax: 16 }),
  },
};
