// The Ceph storage engine: pure planner and effect half. What runs on hosts is exported apart, as `./host`.
export { createCephEngine } from "./engine/ceph-engine.ts";
export { cephPlanner } from "./layout/engine-planner.ts";
