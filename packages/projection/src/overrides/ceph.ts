// What the document of Ceph's dashboard does not say in a form that rules can read.
import type { EngineOverrides } from "./overrides.ts";

export const cephOverrides: EngineOverrides = {
  engine: "ceph",
  basePath: "/api",
  gatewayOnly: ["POST auth", "POST auth/check", "POST auth/logout"],
  keyed: [],
  singletons: [],
  notSingletons: [],
  lists: [],
  downloads: [],
  actions: {},
  danger: {},
  sideEffects: [],
  secretReads: [],
  tasks: [],
  idFields: {},
  commandFields: [],
};
