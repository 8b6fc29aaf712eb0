// Reading /proc: which processes carry this host's marker, whether a recorded one still lives, which
// ports are listened on. A zombie counts as dead. Nothing is signalled here.
import { readdirSync, readFileSync } from "node:fs";
import type { SeenPrepare, SeenProcess } from "./convergence.ts";

/** Environment of everything the agent spawns: how a process is found again by an agent that remembers nothing. */
export const markers = { host: "CYNOSURE_AGENT_HOST", daemon: "CYNOSURE_DAEMON", prepare: "CYNOSURE_PREPARE" } as const;

interface ProcessStat {
  readonly sessionId: number;
  readonly startTicks: number;
}

/** The kernel counts start times in hundredths of a second (USER_HZ) on every Linux architecture we run on. */
const ticksPerSecond = 100;

function readText(path: string): string | null {
  try {
    return readFileSync(path, "latin1");
  } catch {
    return null; // gone meanwhile, or not ours to read
  }
}

/** Null when there is no such living process. */
export function readStat(pid: number): ProcessStat | null {
  const line = readText(`/proc/${String(pid)}/stat`);
  if (line === null) return null;
  // The name in parentheses may hold anything, so count from the last one: state is field 3.
  const fields = line.slice(line.lastIndexOf(")") + 2).split(" ");
  if (fields[0] === "Z" || fields[0] === "X") return null;
  return { sessionId: Number(fields[3]), startTicks: Number(fields[19]) };
}

export const isAlive = (process: { readonly pid: number; readonly startTicks: number }): boolean => readStat(process.pid)?.startTicks === process.startTicks;

const valueOf = (environ: string, name: string): string | null => {
  const at = `\0${environ}`.indexOf(`\0${name}=`);
  if (at < 0) return null;
  const value = environ.slice(at + name.length + 1);
  return value.slice(0, value.indexOf("\0") < 0 ? undefined : value.indexOf("\0"));
};

export interface MarkedProcesses {
  readonly processes: readonly SeenProcess[];
  readonly prepares: readonly SeenPrepare[];
}

/** Living processes spawned for this host, whoever their parent is now. */
export function scanProcesses(hostMarker: string, ownPid: number): MarkedProcesses {
  const processes: SeenProcess[] = [];
  const prepares: SeenPrepare[] = [];
  const uptimeMs = Number((readText("/proc/uptime") ?? "0").split(" ")[0]) * 1000;
  for (const name of readdirSync("/proc")) {
    const pid = Number(name);
    if (!Number.isInteger(pid) || pid === ownPid) continue;
    const environ = readText(`/proc/${name}/environ`);
    if (environ === null || valueOf(environ, markers.host) !== hostMarker) continue;
    const stat = readStat(pid);
    if (stat === null) continue;
    const daemonId = valueOf(environ, markers.daemon);
    const prepared = valueOf(environ, markers.prepare);
    if (daemonId !== null) processes.push({ daemonId, pid, startTicks: stat.startTicks, isLeader: stat.sessionId === pid });
    else if (prepared !== null) prepares.push({ daemonId: prepared, pid, startTicks: stat.startTicks, ageMs: uptimeMs - (stat.startTicks * 1000) / ticksPerSecond });
  }
  return { processes, prepares };
}

/**
 * TCP ports somebody in this network namespace listens on. A host in place shares the network with others: given its
 * address, only what listens there counts.
 */
export function readListeningPorts(address: string | null = null): ReadonlySet<number> {
  const own = address === null ? null : [hexAddress(address), `${MAPPED}${hexAddress(address)}`];
  const ports = new Set<number>();
  for (const table of ["/proc/self/net/tcp", "/proc/self/net/tcp6"]) {
    for (const line of (readText(table) ?? "").split("\n").slice(1)) {
      const [, local, , state] = line.trim().split(/\s+/);
      if (state !== "0A" || local === undefined || (own !== null && !own.includes(local.slice(0, local.lastIndexOf(":"))))) continue;
      ports.add(Number.parseInt(local.slice(local.lastIndexOf(":") + 1), 16));
    }
  }
  return ports;
}

/** Before an IPv4 address that a program listens on through an IPv6 socket, as NFS-Ganesha does. */
const MAPPED = "0000000000000000FFFF0000";
/** As the kernel prints an IPv4 address on the little-endian machines we run on. */
const hexAddress = (address: string): string => address.split(".").map((part) => Number(part).toString(16).padStart(2, "0").toUpperCase()).toReversed().join("");
