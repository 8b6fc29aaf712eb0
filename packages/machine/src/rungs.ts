// What this machine can do for hosts: the rungs of RFD 0003, each tried for real and in a throw-away way,
// each with its reason. A capability is probed, never inferred from the user id alone.
import { existsSync, readFileSync } from "node:fs";
import { randomBytes, randomInt } from "node:crypto";
import { createServer } from "node:net";
import { runInPlaceProblem } from "./image-programs.ts";
import { run } from "./run.ts";

export type RungLetter = "a" | "b" | "c" | "d";

export interface RungProbe {
  readonly rung: RungLetter;
  readonly name: string;
  /** `afterInstall`: the kernel allows it, packages are missing. */
  readonly state: "available" | "afterInstall" | "unavailable";
  /** One sentence for people. */
  readonly reason: string;
}

export interface RungChoice {
  readonly chosen: RungProbe;
  readonly probes: readonly RungProbe[];
}

const names: Readonly<Record<RungLetter, string>> = {
  a: "network namespaces made by root",
  b: "an unprivileged user namespace that owns all others",
  c: "hosts in place on this machine, from the host image, one loopback address each",
  d: "simulated hosts and engine",
};

const PROBE_TIMEOUT_MS_MAX = 20_000;
const searchPath = [...(process.env["PATH"] ?? "").split(":"), "/usr/sbin", "/sbin", "/usr/bin", "/bin"];

/** Where a tool lies; ordinary users often lack the sbin directories in their PATH. */
export function findTool(name: string): string | null {
  const dir = searchPath.find((one) => one !== "" && existsSync(`${one}/${name}`));
  return dir === undefined ? null : `${dir}/${name}`;
}

/**
 * Probes every rung and chooses the first that can be had and that the caller `supports`. `hasImage`: the host image is
 * here; where it is not, a rung counts only if it can be built.
 */
export async function probeRungs(supports: readonly RungLetter[] = ["a", "b", "c", "d"], { hasImage = true }: { readonly hasImage?: boolean } = {}): Promise<RungChoice> {
  const probes = process.platform === "linux" ? [await probeRoot(), await probeUserNamespace(), await probeInPlace(hasImage), simulated] : [...(["a", "b", "c"] as const).map(notLinux), simulated];
  const chosen = probes.find((probe) => probe.state !== "unavailable" && supports.includes(probe.rung)) ?? simulated;
  return { chosen, probes };
}

const probe = (rung: RungLetter, state: RungProbe["state"], reason: string): RungProbe => ({ rung, name: names[rung], state, reason });
const simulated = probe("d", "available", "needs nothing of the machine; every result says SIMULATED");
const notLinux = (rung: "a" | "b" | "c"): RungProbe => probe(rung, "unavailable", `real hosts need Linux and this is ${process.platform}`);

const missingTools = (): readonly string[] => ["bwrap", "ip"].filter((tool) => findTool(tool) === null);

async function probeRoot(): Promise<RungProbe> {
  const kernel = await tryScript([], "unshare --net --mount --pid --fork true");
  if (kernel !== null) return probe("a", "unavailable", process.getuid?.() === 0 ? `this root may not make namespaces (a container, or a process without those capabilities): ${kernel}` : `named network namespaces need root, and this is an ordinary user: ${kernel}`);
  if (missingTools().length > 0) return probe("a", "afterInstall", `namespaces may be made; ${missingTools().join(" and ")} must be installed first`);
  const name = `cyn-probe-${randomBytes(4).toString("hex")}`;
  const refused = await tryScript([], throwAway(`/run/netns/${name}`, name)).finally(() => run(["ip", "netns", "del", name]).catch(() => null));
  if (refused !== null) return probe("a", "unavailable", `a trial namespace with a link and a sandbox failed: ${refused}`);
  return probe("a", "available", "a trial namespace with a link and a sandbox worked");
}

/** A namespace, a link into it, a sandbox inside: what a host is made of. */
const throwAway = (path: string, name: string): string => `
  ip netns add ${name}
  ip -n ${name} link add br0 type bridge
  ip -n ${name} link add probe0 type veth peer name probe1
  ip -n ${name} link set probe0 master br0 up
  nsenter --net=${path} -- bwrap --ro-bind / / --proc /proc --dev /dev --unshare-pid --unshare-uts --hostname probe true`;

async function probeUserNamespace(): Promise<RungProbe> {
  const enter = ["unshare", "--user", "--map-root-user", "--net", "--mount", "--pid", "--fork", "--mount-proc", "--kill-child"];
  const kernel = await tryScript(enter, "true");
  if (kernel !== null) return probe("b", "unavailable", `the kernel refuses an unprivileged user namespace: ${kernel}${userNamespaceSettings()}`);
  if (missingTools().length > 0) return probe("b", "afterInstall", `user namespaces work; ${missingTools().join(" and ")} must be installed first`);
  const refused = await tryScript(enter, `mount -t tmpfs tmpfs /run\n${throwAway("/run/netns/probe", "probe")}`);
  if (refused !== null) return probe("b", "unavailable", `a trial host inside a user namespace failed: ${refused}${userNamespaceSettings()}`);
  return probe("b", "available", "a trial host inside a user namespace worked");
}

/** Hosts in place need nothing but addresses of 127.0.0.0/8; what to run comes from the host image. */
async function probeInPlace(hasImage: boolean): Promise<RungProbe> {
  const problem = runInPlaceProblem();
  if (problem !== null) return probe("c", "unavailable", problem);
  const address = `127.${1 + randomInt(254)}.${randomInt(256)}.${10 + randomInt(200)}`;
  const refused = await whyNotBound(address);
  if (refused !== null) return probe("c", "unavailable", `loopback addresses cannot be used: ${refused}`);
  if (!hasImage && !(await canUnpackImage())) return probe("c", "unavailable", "the host image is not here, and this user, who has neither root's rights over files nor a user namespace, cannot unpack one; copy it from another machine into the image cache");
  if (!hasImage && findTool("mmdebstrap") === null) return probe("c", "afterInstall", "needs no privilege but for the host image: mmdebstrap must be installed first");
  return probe("c", "available", `needs no privilege; ${address} could be bound for a trial`);
}

/** Root of a container may, without any namespace: unpacking needs files of other users, not mounts. */
export const canUnpackImage = async (): Promise<boolean> => process.getuid?.() === 0 || (await mayUnshareUser());

/** Whether an unprivileged user namespace can be had. */
export const mayUnshareUser = async (): Promise<boolean> => (await tryScript(["unshare", "--user", "--map-root-user"], "true")) === null;

function whyNotBound(address: string): Promise<string | null> {
  const server = createServer();
  return new Promise((resolve) => {
    server.once("error", (error) => resolve(error.message));
    server.listen(0, address, () => server.close(() => resolve(null)));
  });
}

/** Settings known to forbid user namespaces, as far as they are set here. */
export function userNamespaceSettings(): string {
  const refusing: readonly (readonly [string, string])[] = [["/proc/sys/kernel/apparmor_restrict_unprivileged_userns", "1"], ["/proc/sys/kernel/unprivileged_userns_clone", "0"], ["/proc/sys/user/max_user_namespaces", "0"]];
  const set = refusing.filter(([file, value]) => existsSync(file) && readFileSync(file, "utf8").trim() === value).map(([file, value]) => `${file.replace("/proc/sys/", "").replaceAll("/", ".")}=${value}`);
  return set.length === 0 ? "" : ` (${set.join(", ")})`;
}

/** Runs a script that stops at its first failure; null when it worked, else why not. */
async function tryScript(enter: readonly string[], script: string): Promise<string | null> {
  const [command = "sh", ...rest] = [...enter, "sh", "-ec", script];
  const result = await run([command, ...rest], { timeoutMsMax: PROBE_TIMEOUT_MS_MAX, env: { PATH: searchPath.join(":") } }).catch((error: unknown) => String(error));
  if (typeof result === "string") return result;
  return result.code === 0 ? null : result.stderr.trim().split("\n").at(-1) || `ended with ${result.code ?? result.signal}`;
}
