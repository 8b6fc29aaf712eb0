// Host images: read-only trees unpacked from Debian packages without running a maintainer script, made
// once per machine and cached under a key of everything that went in. Nothing is installed on the machine.
import { createHash } from "node:crypto";
import { accessSync, constants, existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, statfsSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { hasCapability } from "../capabilities.ts";
import { withExclusive } from "../exclusive.ts";
import { inPlaceCommand } from "../image-programs.ts";
import { run, runOrThrow } from "../run.ts";
import { mayUnshareUser } from "../rungs.ts";
import { findArchiveKeyring, findDebianMirror, readAptNetworkOptions, whyArchiveIsAway } from "./debian-archive.ts";
import { FIX_REVISION, applyImageFixes, bcryptReplacementFile } from "./fixes.ts";
import { findHostImageRecipe } from "./recipes.ts";
import type { HostImageRecipe } from "./recipes.ts";

export interface HostImageProgress {
  readonly phase: "waiting" | "downloading" | "extracting" | "compiling" | "checking" | "ready";
  /** 0 to 100; null while unknown. */
  readonly percent: number | null;
  /** One line for people. */
  readonly detail: string;
}

export interface EnsureHostImageOptions {
  readonly name: string;
  /** Default: the recipe of that name. */
  readonly recipe?: HostImageRecipe;
  readonly cacheDir: string;
  readonly onProgress?: (progress: HostImageProgress) => void;
  readonly signal?: AbortSignal;
}

export interface HostImage {
  readonly name: string;
  readonly key: string;
  readonly dir: string;
  /** It was there already. */
  readonly cached: boolean;
}

const BUILD_TIMEOUT_MS_MAX = 30 * 60_000;
/** Packed archives and unpacked tree lie side by side for a moment. */
const DISK_FACTOR = 1.5;

/** Everything that decides what is in the image; 12 hexadecimal digits. */
export function hostImageKey(recipe: HostImageRecipe): string {
  const shim = recipe.replacesBcrypt ? readFileSync(bcryptReplacementFile, "utf8") : "";
  return createHash("sha256").update(JSON.stringify([recipe, FIX_REVISION, process.arch, shim])).digest("hex").slice(0, 12);
}

/** Where the finished image lies, or null when it has not been built. */
export function findHostImage(cacheDir: string, name: string): string | null {
  const dir = imageDir(cacheDir, findHostImageRecipe(name));
  return existsSync(dir) ? dir : null;
}

const imageDir = (cacheDir: string, recipe: HostImageRecipe): string => join(cacheDir, `${recipe.name}-${hostImageKey(recipe)}`);

/** Finds the image in the cache or builds it. Two builders on one machine: the second waits for the first. */
export async function ensureHostImage(options: EnsureHostImageOptions): Promise<HostImage> {
  const recipe = options.recipe ?? findHostImageRecipe(options.name);
  const key = hostImageKey(recipe);
  const dir = imageDir(options.cacheDir, recipe);
  const report = options.onProgress ?? ((): void => {});
  if (existsSync(dir)) {
    checkReadable(dir);
    return { name: recipe.name, key, dir, cached: true };
  }
  makeCache(options.cacheDir);
  const onWait = (): void => report({ phase: "waiting", percent: null, detail: `another process is building ${recipe.name}` });
  return withExclusive(dir, { timeoutMsMax: BUILD_TIMEOUT_MS_MAX, onWait, ...(options.signal === undefined ? {} : { signal: options.signal }) }, async () => {
    if (existsSync(dir)) return { name: recipe.name, key, dir, cached: true };
    await build(recipe, key, dir, options, report);
    return { name: recipe.name, key, dir, cached: false };
  });
}

async function build(recipe: HostImageRecipe, key: string, dir: string, options: EnsureHostImageOptions, report: (progress: HostImageProgress) => void): Promise<void> {
  checkDiskSpace(options.cacheDir, recipe);
  await checkArchive(recipe, dir, options.signal);
  // We hold the lock of this image: whatever lies here under its name is of a builder that died.
  const partial = join(options.cacheDir, `.building-${recipe.name}-${key}`);
  rmSync(partial, { recursive: true, force: true });
  try {
    await unpack(recipe, partial, options.signal, report);
    openToOthers(() => applyImageFixes(partial, recipe));
    report({ phase: "compiling", percent: null, detail: `compiling the Python of ${recipe.name}` });
    await compilePython(recipe, partial, options.signal);
    report({ phase: "checking", percent: null, detail: `running ${recipe.proof.argv.join(" ")} in ${recipe.name}` });
    const version = await proveImage(recipe, partial);
    openToOthers(() => writeFileSync(join(partial, "etc/cynosure-image.json"), `${JSON.stringify({ name: recipe.name, key, suite: recipe.suite, version }, null, 2)}\n`));
    renameSync(partial, dir);
    report({ phase: "ready", percent: 100, detail: `${recipe.name}: ${version}` });
  } catch (cause) {
    rmSync(partial, { recursive: true, force: true });
    throw new Error(`the host image ${recipe.name} could not be built: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
  }
}

/** A cache may be shared, and what lies there be another user's. */
function checkReadable(dir: string): void {
  try {
    accessSync(dir, constants.R_OK | constants.X_OK);
  } catch (cause) {
    throw new Error(`the host image ${dir} cannot be read by this user: ${cause instanceof Error ? cause.message : String(cause)}; let its owner run: chmod -R go+rX ${dir}, or set CYNOSURE_IMAGE_CACHE to a directory of your own`, { cause });
  }
}

function makeCache(cacheDir: string): void {
  try {
    mkdirSync(cacheDir, { recursive: true });
    accessSync(cacheDir, constants.W_OK | constants.X_OK);
  } catch (cause) {
    throw new Error(`the host image is not in ${cacheDir} and cannot be built there: ${cause instanceof Error ? cause.message : String(cause)}; set CYNOSURE_IMAGE_CACHE to a directory this user may write`, { cause });
  }
}

async function checkArchive(recipe: HostImageRecipe, dir: string, signal: AbortSignal | undefined): Promise<void> {
  const mirror = findDebianMirror();
  const reason = await whyArchiveIsAway(mirror, recipe.suite, signal);
  if (reason === null) return;
  throw new Error(`the host image ${recipe.name} is not built yet, and the Debian archive ${mirror} it is made from does not answer: ${reason}; connect this machine, or its apt to a proxy, or bring the image from another machine: copy its ${basename(dir)} to ${dirname(dir)}`);
}

/** What we write into an image is for every user of it, whatever our umask is. */
function openToOthers(write: () => void): void {
  const before = process.umask(0o022);
  try {
    write();
  } finally {
    process.umask(before);
  }
}

function checkDiskSpace(cacheDir: string, recipe: HostImageRecipe): void {
  const stats = statfsSync(cacheDir);
  const freeBytes = stats.bavail * stats.bsize;
  const neededBytes = recipe.unpackedBytes * DISK_FACTOR;
  if (freeBytes >= neededBytes) return;
  const gigabytes = (bytes: number): string => (bytes / 1e9).toFixed(1);
  throw new Error(`the host image ${recipe.name} needs ${gigabytes(neededBytes)} GB at ${cacheDir} and ${gigabytes(freeBytes)} GB are free; free some, or set CYNOSURE_IMAGE_CACHE to a roomier directory`);
}

async function unpack(recipe: HostImageRecipe, dir: string, signal: AbortSignal | undefined, report: (progress: HostImageProgress) => void): Promise<void> {
  const mirror = findDebianMirror();
  const aptOptions = await readAptNetworkOptions();
  const meter = new UnpackMeter(recipe, dir, report);
  const argv = (await asRoot())([
    ...["mmdebstrap", "--verbose", "--mode=root", "--variant=extract", "--skip=chroot/mount", `--include=${recipe.packages.join(",")}`],
    ...aptOptions.map((option) => `--aptopt=${option}`),
    // The keys are named with the archive: on a machine of another distribution they are not among the trusted.
    ...[recipe.suite, dir, `deb [signed-by=${findArchiveKeyring()}] ${mirror} ${recipe.suite} main`],
  ]);
  const timer = setInterval(() => meter.measureExtraction(), 500);
  try {
    report({ phase: "downloading", percent: null, detail: `reading the package lists of ${recipe.suite} from ${mirror}` });
    await runOrThrow(argv, { onLine: (line) => meter.read(line), timeoutMsMax: BUILD_TIMEOUT_MS_MAX, cwd: "/", ...(signal === undefined ? {} : { signal }) });
  } finally {
    clearInterval(timer);
  }
}

/**
 * mmdebstrap wants to be root; who has not its rights is that in a user namespace of its own, which knows one
 * user: there tar must leave files to it instead of failing on the groups some packages name. Others may have to
 * read the image, whatever our umask is. Root of a container that allows no namespace unpacks as it is: nothing is mounted.
 */
async function asRoot(): Promise<(argv: readonly string[]) => [string, ...string[]]> {
  if (hasCapability("SYS_ADMIN")) return (argv) => [...withOpenUmask, ...argv];
  const enter = (await mayUnshareUser()) ? ["unshare", "--user", "--map-root-user"] : [];
  return (argv) => ["env", "TAR_OPTIONS=--no-same-owner", ...withOpenUmask, ...enter, ...argv];
}

const withOpenUmask: [string, ...string[]] = ["sh", "-c", 'umask 022; exec "$@"', "open"];

/** Turns what mmdebstrap and apt say into progress. Extraction says nothing: every package brings one directory of documentation. */
class UnpackMeter {
  readonly #recipe: HostImageRecipe;
  readonly #dir: string;
  readonly #report: (progress: HostImageProgress) => void;
  #packages = 0;
  #totalBytes = 0;
  #fetchedBytes = 0;
  #extracting = false;
  #lastPercent = -1;

  constructor(recipe: HostImageRecipe, dir: string, report: (progress: HostImageProgress) => void) {
    this.#recipe = recipe;
    this.#dir = dir;
    this.#report = report;
  }

  read(line: string): void {
    const count = /(\d+) newly installed/.exec(line);
    if (count !== null) this.#packages = Number(count[1]);
    const total = /^Need to get ([\d.,]+) (k|M|G)?B/.exec(line);
    if (total !== null) this.#totalBytes = parseSize(total[1] ?? "0", total[2] ?? "");
    const fetched = /^Get:\d+ .*\[([\d.,]+) (k|M|G)?B\]$/.exec(line);
    if (fetched !== null && this.#totalBytes > 0) {
      this.#fetchedBytes += parseSize(fetched[1] ?? "0", fetched[2] ?? "");
      this.#say("downloading", this.#fetchedBytes / this.#totalBytes, `${this.#packages} packages, ${(this.#totalBytes / 1e6).toFixed(0)} MB`);
    }
    if (line.startsWith("I: extracting")) {
      this.#extracting = true;
      this.#lastPercent = -1;
      this.measureExtraction();
    }
  }

  measureExtraction(): void {
    if (!this.#extracting || this.#packages === 0) return;
    const docs = join(this.#dir, "usr/share/doc");
    this.#say("extracting", (existsSync(docs) ? readdirSync(docs).length : 0) / this.#packages, `unpacking ${this.#packages} packages for ${this.#recipe.name}`);
  }

  #say(phase: "downloading" | "extracting", fraction: number, detail: string): void {
    const percent = Math.min(100, Math.floor(fraction * 100));
    if (percent === this.#lastPercent) return;
    this.#lastPercent = percent;
    this.#report({ phase, percent, detail });
  }
}

function parseSize(number: string, unit: string): number {
  const factors: Record<string, number> = { k: 1e3, M: 1e6, G: 1e9 };
  return Number(number.replaceAll(",", "")) * (factors[unit] ?? 1);
}

/** A program of the tree that is being built: in a sandbox of its own, or, where none can be had, in place. */
async function inTree(dir: string, argv: readonly [string, ...string[]], inPlaceArgv: readonly [string, ...string[]]): Promise<readonly [string, ...string[]]> {
  if (hasCapability("SYS_ADMIN") || (await mayUnshareUser())) return [...insideTree(dir), ...argv];
  const command = inPlaceCommand(dir, inPlaceArgv);
  return ["env", ...Object.entries(command.env).map(([name, value]) => `${name}=${value}`), ...command.argv];
}

/** The prefix that runs a command with the tree as its root, writable and without the machine's network. */
const insideTree = (dir: string): [string, ...string[]] => [
  "bwrap",
  ...["--bind", dir, "/", "--proc", "/proc", "--dev", "/dev", "--tmpfs", "/tmp", "--unshare-all", "--die-with-parent", "--clearenv"],
  ...["--setenv", "PATH", "/usr/sbin:/usr/bin:/sbin:/bin", "--setenv", "LC_ALL", "C.UTF-8", "--chdir", "/"],
];

async function compilePython(recipe: HostImageRecipe, dir: string, signal: AbortSignal | undefined): Promise<void> {
  const dirs = [...recipe.compiledDirs, ...(recipe.replacesBcrypt ? [`/usr/local/lib/python${recipe.pythonVersion}`] : [])];
  // Its exit status is not the answer: packages ship templates that no Python compiles.
  const compile = ["python3", "-m", "compileall", "-q"] as const;
  // In place by one process: its helpers would be the Python that PATH has.
  const command = await inTree(dir, [...compile, "-j", "2", ...dirs], [...compile, "-s", dir, ...dirs.map((path) => join(dir, path))]);
  await run([...withOpenUmask, ...command], { timeoutMsMax: 5 * 60_000, ...(signal === undefined ? {} : { signal }) });
  for (const path of recipe.compiledDirs) {
    if (!readdirSync(join(dir, path), { recursive: true }).some((name) => String(name).endsWith(".pyc"))) throw new Error(`compiling Python left nothing in ${path}`);
  }
}

async function proveImage(recipe: HostImageRecipe, dir: string): Promise<string> {
  const result = await run(await inTree(dir, recipe.proof.argv, recipe.proof.argv), { timeoutMsMax: 60_000 });
  const said = result.stdout.trim();
  if (result.code !== 0 || !said.includes(recipe.proof.expect)) throw new Error(`${recipe.proof.argv.join(" ")} was expected to say "${recipe.proof.expect}" and said "${said || result.stderr.trim()}"`);
  return said.split("\n")[0] ?? said;
}
