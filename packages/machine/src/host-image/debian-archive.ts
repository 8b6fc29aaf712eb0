// Where a Debian tree can be had from this machine: the mirror its own package manager uses when that
// serves Debian, else the public one; the archive keys; its proxy settings.
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { run } from "../run.ts";

export const PUBLIC_MIRROR = "http://deb.debian.org/debian";
const ARCHIVE_KEYRING = "/usr/share/keyrings/debian-archive-keyring.gpg";
const DEBIAN_SUITES = /^(bullseye|bookworm|trixie|forky|sid|stable|oldstable|testing|unstable)$/;

interface AptSource {
  readonly uris: readonly string[];
  readonly suites: readonly string[];
  readonly components: readonly string[];
}

/** The machine's own Debian mirror, as its apt sources under `aptDir` name it. */
export function findDebianMirror(aptDir = "/etc/apt"): string {
  for (const source of readAptSources(aptDir)) {
    const servesDebian = source.suites.some((suite) => DEBIAN_SUITES.test(suite)) && source.components.includes("main");
    const uri = source.uris.find((one) => /^https?:\/\/.+\/debian\/?$/.test(one));
    if (servesDebian && uri !== undefined) return uri.replace(/\/$/, "");
  }
  return PUBLIC_MIRROR;
}

/** The keys that sign the Debian archive; Ubuntu has them in the package debian-archive-keyring. */
export function findArchiveKeyring(): string {
  if (existsSync(ARCHIVE_KEYRING)) return ARCHIVE_KEYRING;
  throw new Error(`${ARCHIVE_KEYRING} is missing, so a Debian archive cannot be trusted; install the package debian-archive-keyring`);
}

/** Proxy and certificate settings of the machine's apt: a tree's own apt would not see them. */
export async function readAptNetworkOptions(): Promise<readonly string[]> {
  const dump = await run(["apt-config", "dump", "Acquire"], { timeoutMsMax: 10_000 }).catch(() => null);
  if (dump?.code !== 0) return [];
  return dump.stdout.split("\n").filter((line) => /^Acquire::(http|https|ftp)::(Proxy|CAInfo|CaInfo|CAPath|SSLCert|SSLKey|Verify-Peer)[^ ]* "[^"]/.test(line)).map((line) => line.trim());
}

/** apt's own downloader: it knows the proxies, certificates and transports that apt will use. */
const APT_HELPER = "/usr/lib/apt/apt-helper";
const ANSWER_TIMEOUT_SECONDS_MAX = 10;

/** Asks the archive for its signed index once, so that a machine without a way there says so in seconds; null when it answers. */
export async function whyArchiveIsAway(mirror: string, suite: string, signal?: AbortSignal): Promise<string | null> {
  if (!existsSync(APT_HELPER)) return null;
  const dir = mkdtempSync(join(tmpdir(), "cynosure-archive-"));
  try {
    const settings = ["APT::Sandbox::User=", "Acquire::Retries=0", ...["http", "https"].map((scheme) => `Acquire::${scheme}::Timeout=${ANSWER_TIMEOUT_SECONDS_MAX}`)].flatMap((setting) => ["-o", setting]);
    const result = await run([APT_HELPER, ...settings, "download-file", `${mirror}/dists/${suite}/InRelease`, join(dir, "InRelease")], { timeoutMsMax: 3 * ANSWER_TIMEOUT_SECONDS_MAX * 1000, ...(signal === undefined ? {} : { signal }) });
    if (result.code === 0) return null;
    if (result.timedOut) return `no answer within ${3 * ANSWER_TIMEOUT_SECONDS_MAX} s`;
    const said = `${result.stdout}\n${result.stderr}`.split("\n").map((line) => line.trim());
    const error = said.find((line) => line.startsWith("E: ")) ?? said.findLast((line) => line !== "") ?? `ended with ${result.code ?? result.signal}`;
    return error.replace(/^E: (Failed to fetch \S+\s+)?/, "").trim();
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

function readAptSources(aptDir: string): AptSource[] {
  const parts = join(aptDir, "sources.list.d");
  const files = [join(aptDir, "sources.list"), ...(existsSync(parts) ? readdirSync(parts).sort().map((name) => join(parts, name)) : [])];
  return files.filter((file) => existsSync(file)).flatMap((file) => {
    const text = readFileSync(file, "utf8");
    if (file.endsWith(".sources")) return parseDeb822(text);
    return file.endsWith(".list") ? parseOneLine(text) : [];
  });
}

function parseDeb822(text: string): AptSource[] {
  return text.split(/\n\s*\n/).flatMap((stanza) => {
    const lines = stanza.split("\n").filter((line) => !line.startsWith("#"));
    const field = (name: string): readonly string[] => {
      const start = lines.findIndex((line) => line.toLowerCase().startsWith(`${name}:`));
      if (start < 0) return [];
      const more = lines.slice(start + 1);
      const end = more.findIndex((line) => !/^\s/.test(line));
      const values = [lines[start]?.slice(name.length + 1) ?? "", ...more.slice(0, end < 0 ? undefined : end)];
      return values.join(" ").split(/\s+/).filter((word) => word !== "");
    };
    if (!field("types").includes("deb") || field("enabled")[0]?.toLowerCase() === "no") return [];
    return [{ uris: field("uris"), suites: field("suites"), components: field("components") }];
  });
}

function parseOneLine(text: string): AptSource[] {
  return text.split("\n").flatMap((line) => {
    const match = /^\s*deb\s+(?:\[[^\]]*\]\s+)?(\S+)\s+(\S+)\s+([^#]*)/.exec(line);
    if (match === null) return [];
    return [{ uris: [match[1] ?? ""], suites: [match[2] ?? ""], components: (match[3] ?? "").trim().split(/\s+/) }];
  });
}
