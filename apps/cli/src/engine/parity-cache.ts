// What clusters said of their engines, kept for completion alone: a file per document, named by its hash, and which cluster has
// which. Commands ask the cluster each time. Losing it loses nothing.
import { existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import type { NativeParity } from "@cynosure/sdk";
import type { Connection } from "../connect.ts";
import type { EngineParity } from "./engine-parity.ts";
import { isMembers } from "./set-path.ts";

const DIR_NAME = "engine-documents";
/** Engines of different releases that one person deals with at a time. */
const DOCUMENTS_COUNT_MAX = 8;
const CLUSTERS_COUNT_MAX = 64;

interface Known {
  readonly cluster: string;
  readonly endpoint: string;
  readonly hash: string;
}

type Place = Pick<Connection, "dataDir" | "endpoint">;

const dirOf = ({ dataDir }: Place): string => (dataDir === undefined ? join(process.env["XDG_CACHE_HOME"] ?? join(homedir(), ".cache"), "cynosure", DIR_NAME) : join(dataDir, DIR_NAME));
/** A control plane of a data directory listens elsewhere after a restart; its clusters are the same. */
const whereOf = ({ dataDir, endpoint }: Place): string => (dataDir === undefined ? endpoint : "");
const isHash = (text: string): boolean => /^[0-9a-f]{16,128}$/.test(text);

/** Never the reason that a command fails. */
export function rememberParity(place: Place, cluster: string, parity: EngineParity): void {
  if (!isHash(parity.documentHash)) return;
  try {
    const dir = dirOf(place);
    const known = knownIn(dir);
    const path = join(dir, `${parity.documentHash}.json`);
    const endpoint = whereOf(place);
    if (existsSync(path) && known[0]?.cluster === cluster && known[0].endpoint === endpoint && known[0].hash === parity.documentHash) return;
    mkdirSync(dir, { recursive: true, mode: 0o700 });
    if (!existsSync(path)) writeWhole(path, JSON.stringify({ ...parity, clusterName: undefined }));
    // The newest first; what is behind the last document kept is forgotten with it.
    const all = [{ cluster, endpoint, hash: parity.documentHash }, ...known.filter((each) => each.cluster !== cluster || each.endpoint !== endpoint)].slice(0, CLUSTERS_COUNT_MAX);
    const kept = new Set([...new Set(all.map(({ hash }) => hash))].slice(0, DOCUMENTS_COUNT_MAX));
    writeWhole(join(dir, "clusters.json"), JSON.stringify(all.filter(({ hash }) => kept.has(hash))));
    for (const name of readdirSync(dir)) if (name.endsWith(".json") && name !== "clusters.json" && !kept.has(name.slice(0, -".json".length))) rmSync(join(dir, name), { force: true });
  } catch {
    // A full or foreign disk costs completion and nothing else.
  }
}

/** Null when the cluster has not been asked yet. */
export function recallParity(place: Place, cluster: string): EngineParity | null {
  try {
    const dir = dirOf(place);
    const hash = knownIn(dir).find((each) => each.cluster === cluster && each.endpoint === whereOf(place))?.hash;
    const kept: unknown = hash === undefined ? null : JSON.parse(readFileSync(join(dir, `${hash}.json`), "utf8"));
    return isParity(kept) ? { ...kept, clusterName: cluster } : null;
  } catch {
    return null;
  }
}

/** And not what a release kept that wrote it in words of its own, without the numbers. */
const isParity = (value: unknown): value is NativeParity => isMembers(value) && isMembers(value["totals"]) && Array.isArray(value["types"]) && Array.isArray(value["operations"]);

export function knownClusters(place: Place): string[] {
  try {
    return knownIn(dirOf(place)).filter(({ endpoint }) => endpoint === whereOf(place)).map(({ cluster }) => cluster);
  } catch {
    return [];
  }
}

function knownIn(dir: string): readonly Known[] {
  const path = join(dir, "clusters.json");
  if (!existsSync(path)) return [];
  const value: unknown = JSON.parse(readFileSync(path, "utf8"));
  if (!Array.isArray(value)) return [];
  return value.flatMap((each: unknown) => {
    const { cluster, endpoint, hash } = isMembers(each) ? each : {};
    return typeof cluster === "string" && typeof endpoint === "string" && typeof hash === "string" && isHash(hash) ? [{ cluster, endpoint, hash }] : [];
  });
}

/** Two commands at once must not read half a file of each other. */
function writeWhole(path: string, text: string): void {
  const beside = `${path}.${process.pid}.part`;
  writeFileSync(beside, text, { mode: 0o600 });
  renameSync(beside, path);
}
