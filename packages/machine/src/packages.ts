// The few Debian packages a rung needs of the machine: which are missing, why each is needed, and their
// installation, which starts and enables no service: a package that brings one is refused beforehand.
// Asking the user is the caller's.
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findTool } from "./rungs.ts";
import type { RungLetter } from "./rungs.ts";
import { run, runOrThrow } from "./run.ts";

export interface NeededPackage {
  readonly name: string;
  readonly why: string;
}

interface PackageRule extends NeededPackage {
  readonly rungs: readonly RungLetter[];
  /** Needed only while a host image has to be built. */
  readonly forImage: boolean;
  readonly isPresent: () => boolean;
}

const ARCHIVE_KEYRING = "/usr/share/keyrings/debian-archive-keyring.gpg";

const rules: readonly PackageRule[] = [
  { name: "bubblewrap", why: "gives each host its own file tree, processes and name", rungs: ["a", "b"], forImage: false, isPresent: () => findTool("bwrap") !== null },
  { name: "iproute2", why: "makes the network namespaces and links between hosts", rungs: ["a", "b"], forImage: false, isPresent: () => findTool("ip") !== null },
  { name: "mmdebstrap", why: "unpacks the host image from Debian packages", rungs: ["a", "b", "c"], forImage: true, isPresent: () => findTool("mmdebstrap") !== null },
  { name: "debian-archive-keyring", why: "holds the keys that prove the host image's packages are Debian's", rungs: ["a", "b", "c"], forImage: true, isPresent: () => existsSync(ARCHIVE_KEYRING) },
];

/** What must be installed for a rung, in the order it is shown. */
export const listMissingPackages = (rung: RungLetter, needs: { readonly hostImage: boolean }): readonly NeededPackage[] =>
  rules.filter((rule) => rule.rungs.includes(rung) && (needs.hostImage || !rule.forImage) && !rule.isPresent()).map(({ name, why }) => ({ name, why }));

export interface InstallOptions {
  readonly onLine?: (line: string) => void;
  readonly signal?: AbortSignal;
}

const INSTALL_TIMEOUT_MS_MAX = 15 * 60_000;
/** No questions; no service may be started or restarted on the occasion. */
const environment = { DEBIAN_FRONTEND: "noninteractive", RUNLEVEL: "1", NEEDRESTART_SUSPEND: "1", APT_LISTCHANGES_FRONTEND: "none" };

/** The command a user would type instead. */
export const installCommand = (names: readonly string[]): string => `apt-get install --no-install-recommends ${names.join(" ")}`;

/** Installs packages, or throws naming the reason and the command to run by hand. */
export async function installPackages(names: readonly string[], options: InstallOptions = {}): Promise<void> {
  if (names.length === 0) return;
  if (findTool("apt-get") === null) throw new Error(`this machine has no apt-get: install ${names.join(", ")} with its own package manager and start again`);
  const elevate = await elevation(names);
  const downloads = mkdtempSync(join(tmpdir(), "cynosure-packages-"));
  const apt = (args: readonly string[], timeoutMsMax = INSTALL_TIMEOUT_MS_MAX) => {
    const settings = Object.entries(environment).map(([name, value]) => `${name}=${value}`);
    const bounds = ["-o", "DPkg::Lock::Timeout=300", "-o", "Dpkg::Use-Pty=0", "-o", `Dir::Cache::archives=${downloads}`];
    const [command = "env", ...rest] = [...elevate, "env", ...settings, "apt-get", "-y", "-q", ...bounds, ...args];
    return runOrThrow([command, ...rest], { timeoutMsMax, ...options });
  };
  const install = ["install", "--no-install-recommends", ...names];
  try {
    // Package lists may be missing altogether (fresh containers) or too old to be fetched from.
    await apt([...install, "--download-only"]).catch(async () => {
      await apt(["update"]);
      await apt([...install, "--download-only"]);
    });
    const services = await listServices(downloads);
    if (services.length > 0) throw new Error(`installing ${names.join(", ")} would bring system services (${services.join(", ")}), which Cynosure never does; install them yourself: ${installCommand(names)}`);
    await apt(install);
  } finally {
    await run(["env", ...elevate, "rm", "-rf", downloads]);
    rmSync(downloads, { recursive: true, force: true });
  }
}

async function elevation(names: readonly string[]): Promise<readonly string[]> {
  if (process.getuid?.() === 0) return [];
  const allowed = await run(["sudo", "-n", "true"], { timeoutMsMax: 10_000 }).catch(() => null);
  if (allowed?.code === 0) return ["sudo", "-n"];
  throw new Error(`installing packages needs root; run: sudo ${installCommand(names)}`);
}

/** System units and init scripts in downloaded packages. */
async function listServices(dir: string): Promise<readonly string[]> {
  const services: string[] = [];
  for (const name of readdirSync(dir).filter((one) => one.endsWith(".deb"))) {
    const { stdout } = await runOrThrow(["dpkg-deb", "--contents", join(dir, name)], { timeoutMsMax: 60_000 });
    for (const match of stdout.matchAll(/\.(\/(?:usr\/)?lib\/systemd\/system\/\S+\.(?:service|socket|timer)|\/etc\/init\.d\/\S+)$/gm)) services.push(`${name.split("_")[0]}: ${match[1]}`);
  }
  return services;
}

/** Name and version of the operating system, for people. */
export function describeSystem(): string {
  const file = "/etc/os-release";
  const text = existsSync(file) ? readFileSync(file, "utf8") : "";
  return /^PRETTY_NAME="?([^"\n]+)/m.exec(text)?.[1] ?? process.platform;
}
