// Where a host lies when it has no file system of its own: host plans name paths as they are inside a host
// (`/var/lib/cynosure/…`, `/run/…`, `/usr/…`); a host that runs in place on the machine, without mount
// namespaces, has them elsewhere. This is the one translation, applied to plans when the agent takes them.
// Only these exact prefixes are replaced, and only where a path begins: not inside a longer path or a key.
import { HOST_STATE_DIR } from "./host-plan.ts";
import type { DaemonSpec, HostCommand, HostPlan } from "./host-plan.ts";

/** Names the place, as JSON, in the environment of the agent of such a host. */
export const HOST_PLACE_VARIABLE = "CYNOSURE_HOST_PLACE";
/** Where hosts see the directory of the agent gateway's socket. */
export const GATEWAY_DIR_INSIDE = "/run/cynosure-gateway";

export interface HostPlace {
  /** Instead of HOST_STATE_DIR. */
  readonly stateDir: string;
  /** Instead of `/run`: short, because sockets lie there. */
  readonly runDir: string;
  /** Instead of GATEWAY_DIR_INSIDE. */
  readonly gatewayDir: string;
  /** The host image; its `usr` stands instead of `/usr`. */
  readonly imageDir: string;
  /** Programs of the image made to run in place; comes first in PATH. */
  readonly programsDir: string;
  /** The host's own address. Hosts in place share one network, so a port alone says nothing. */
  readonly address: string;
}

/** Paths go unquoted into scripts and settings of host plans; other characters would change their meaning. */
const plainPath = /^\/[A-Za-z0-9_.+@~/-]*$/;

/** Why a directory cannot be part of a place; null when it can. */
export const placeProblem = (dir: string): string | null =>
  plainPath.test(dir) ? null : `${dir} holds other characters than letters, digits and _ . + @ ~ -, which hosts without namespaces of their own cannot have in their paths; set CYNOSURE_HOME (and CYNOSURE_IMAGE_CACHE) to a plain path`;

/** Null when the variable is not set: the host has a file system of its own. */
export function parseHostPlace(text: string | undefined): HostPlace | null {
  if (text === undefined || text === "") return null;
  // `as`: checked below, field by field.
  const value = JSON.parse(text) as Partial<Record<keyof HostPlace, unknown>>;
  const read = (name: keyof HostPlace): string => {
    const field = value[name];
    if (typeof field !== "string" || field === "") throw new Error(`${HOST_PLACE_VARIABLE} lacks ${name}`);
    const problem = name === "address" ? null : placeProblem(field);
    if (problem !== null) throw new Error(`${HOST_PLACE_VARIABLE}: ${problem}`);
    return field;
  };
  return { stateDir: read("stateDir"), runDir: read("runDir"), gatewayDir: read("gatewayDir"), imageDir: read("imageDir"), programsDir: read("programsDir"), address: read("address") };
}

/** A path begins where nothing of a path or key stands before it, and a prefix ends where a name ends. */
const prefixes = new RegExp(`(?<![A-Za-z0-9_.+~@/-])(${[HOST_STATE_DIR, GATEWAY_DIR_INSIDE, "/run", "/usr"].join("|")})(?![A-Za-z0-9_.+~@-])`, "g");

/** The text with every path of the host where it really is. A host with a file system of its own changes nothing. */
export function placeText(place: HostPlace | null, text: string): string {
  if (place === null) return text;
  const real: Readonly<Record<string, string>> = { [HOST_STATE_DIR]: place.stateDir, [GATEWAY_DIR_INSIDE]: place.gatewayDir, "/run": place.runDir, "/usr": `${place.imageDir}/usr` };
  return text.replaceAll(prefixes, (prefix) => real[prefix] ?? prefix);
}

export function placeHostPlan(place: HostPlace | null, plan: HostPlan): HostPlan {
  if (place === null) return plan;
  const at = (text: string): string => placeText(place, text);
  const command = (one: HostCommand): HostCommand => ({ ...one, argv: one.argv.map(at), creates: at(one.creates) });
  const daemon = (one: DaemonSpec): DaemonSpec => ({
    ...one,
    prepare: one.prepare.map(command),
    argv: one.argv.map(at),
    env: Object.fromEntries(Object.entries(one.env).map(([name, value]) => [name, at(value)])),
    reads: one.reads.map(at),
    ...(one.reload === undefined ? {} : { reload: { ...one.reload, paths: one.reload.paths.map(at) } }),
  });
  return {
    ...plan,
    files: plan.files.map((file) => ({ ...file, path: at(file.path), text: at(file.text) })),
    disks: plan.disks.map((disk) => ({ ...disk, path: at(disk.path) })),
    daemons: plan.daemons.map(daemon),
  };
}
