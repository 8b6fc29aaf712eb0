// Making the pools of the plan exactly so, and the one CephFS on them. Runs before the OSDs start as well as
// on a living cluster: what exists is compared and only what differs is changed; nothing is ever removed.
import type { EngineCall } from "@cynosure/engine";
import { doneVoid, type EngineAction, type StepResult } from "@cynosure/model";
import { parsePools } from "../layout/action-params.ts";
import { FS_NAME } from "../layout/names.ts";
import { DEFAULT_DATA_POOL, METADATA_POOL, type CephPool } from "../layout/pools.ts";
import { awaitAnswer, commandFailure, monCommands, parseJson, type MonCommand } from "./cluster-link.ts";

interface ExistingPool {
  readonly pool_name: string;
  readonly size: number;
  readonly min_size: number;
}

interface ExistingFileSystem {
  readonly name: string;
  readonly data_pools: readonly string[];
}

const run = (prefix: string, rest: Readonly<Record<string, unknown>>): MonCommand => ({ command: { prefix, ...rest } });
const setPool = (pool: string, variable: string, value: string): MonCommand => run("osd pool set", { pool, var: variable, val: value });

export async function ensurePools(call: EngineCall, action: EngineAction): Promise<StepResult> {
  const queries = [run("osd pool ls", { detail: "detail", format: "json" }), run("fs ls", { format: "json" })];
  const seen = await monCommands(call, queries);
  if (!seen.ok) return awaitAnswer(seen, "monitors to answer");
  const refused = commandFailure(queries, seen.value);
  if (refused !== null) return refused;
  // Both are documented listings of Ceph; missing entries count as "does not exist".
  const pools = (parseJson(seen.value[0]?.out) ?? []) as ExistingPool[];
  const fileSystems = (parseJson(seen.value[1]?.out) ?? []) as ExistingFileSystem[];

  const wanted = parsePools(action.params);
  const commands = [...wanted.flatMap((pool) => poolCommands(pool, pools.find((one) => one.pool_name === pool.name))), ...fileSystemCommands(wanted, fileSystems.find((one) => one.name === FS_NAME))];
  const answer = await monCommands(call, commands);
  if (!answer.ok) return awaitAnswer(answer, "monitors to answer");
  return commandFailure(commands, answer.value) ?? doneVoid;
}

function poolCommands(pool: CephPool, existing: ExistingPool | undefined): MonCommand[] {
  return existing === undefined ? createPool(pool) : adjustPool(pool, existing);
}

function createPool(pool: CephPool): MonCommand[] {
  const common = { pool: pool.name, pg_num: pool.placementGroups, pgp_num: pool.placementGroups, autoscale_mode: "off" };
  // A name with a leading dot is Ceph's own: without the word it answers 0 and makes nothing.
  const reserved = pool.name.startsWith(".") ? { yes_i_really_mean_it: true } : {};
  const application = pool.application === "cephfs" ? [] : [run("osd pool application enable", { pool: pool.name, app: pool.application, yes_i_really_mean_it: true })];
  const { scheme } = pool;
  if (scheme.kind === "replication") {
    const minByDefault = scheme.copies - Math.floor(scheme.copies / 2);
    return [run("osd pool create", { ...common, ...reserved, pool_type: "replicated", size: scheme.copies }), ...(minByDefault === scheme.copiesMin ? [] : [setPool(pool.name, "min_size", String(scheme.copiesMin))]), ...application];
  }
  const profile = `k${scheme.dataChunks}m${scheme.codingChunks}`;
  return [
    // Jerasure is built for every processor; a host holds at most one chunk.
    run("osd erasure-code-profile set", { name: profile, profile: ["plugin=jerasure", "technique=reed_sol_van", `k=${scheme.dataChunks}`, `m=${scheme.codingChunks}`, "crush-failure-domain=host"] }),
    run("osd pool create", { ...common, pool_type: "erasure", erasure_code_profile: profile }),
    setPool(pool.name, "min_size", String(scheme.chunksMin)),
    ...(pool.isFileSystemData ? [setPool(pool.name, "allow_ec_overwrites", "true")] : []),
    ...application,
  ];
}

/** Copies only go up: fewer would throw away what the parent promised. The application is set again, in case a kill came between. */
function adjustPool(pool: CephPool, existing: ExistingPool): MonCommand[] {
  const { scheme } = pool;
  const application = pool.application === "cephfs" ? [] : [run("osd pool application enable", { pool: pool.name, app: pool.application, yes_i_really_mean_it: true })];
  if (scheme.kind === "erasureCoding") {
    return [
      ...(existing.min_size === scheme.chunksMin ? [] : [setPool(pool.name, "min_size", String(scheme.chunksMin))]),
      ...(pool.isFileSystemData ? [setPool(pool.name, "allow_ec_overwrites", "true")] : []),
      ...application,
    ];
  }
  return [
    ...(existing.size < scheme.copies ? [setPool(pool.name, "size", String(scheme.copies))] : []),
    ...(existing.min_size === scheme.copiesMin ? [] : [setPool(pool.name, "min_size", String(scheme.copiesMin))]),
    ...application,
  ];
}

function fileSystemCommands(pools: readonly CephPool[], existing: ExistingFileSystem | undefined): MonCommand[] {
  const data = pools.filter((pool) => pool.isFileSystemData && !(existing?.data_pools ?? []).includes(pool.name));
  return [...(existing === undefined ? [run("fs new", { fs_name: FS_NAME, metadata: METADATA_POOL, data: DEFAULT_DATA_POOL })] : []), ...data.map((pool) => run("fs add_data_pool", { fs_name: FS_NAME, pool: pool.name })), ...sessionLimits];
}

/** A gateway that died still holds its files; after 30 s without a sign of life (the least Ceph allows) the other gateway gets them. Built in: 60 s, and 300 s until it is put out. */
const sessionLimits: readonly MonCommand[] = ["session_timeout", "session_autoclose"].map((variable) => run("fs set", { fs_name: FS_NAME, var: variable, val: "30" }));
