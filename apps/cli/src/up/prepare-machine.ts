// Gets this machine ready for the best rung it can serve: says which and why, names what is missing and why,
// asks, installs no more than that, and builds the host image once. What may be done was decided by flags.
import { IMAGE_NAME, SUPPORTED_RUNGS, ensureHostImage, findHostImage, installCommand, installPackages, listMissingPackages, openInstallation, probeRungs, runInImage, runInImageCommand, runInPlace, runInPlaceCommand } from "@cynosure/machine";
import type { Installation, RungChoice, RungLetter, RungProbe } from "@cynosure/machine";
import { ask } from "../ask.ts";
import { readControlPlaneRecord } from "../data-dir.ts";
import { CommandError, ExitCode } from "../exit-code.ts";
import type { Output } from "../output.ts";
import { TOOL_DIR } from "../verification/nfs-gateway.ts";
import type { ToolRunner } from "../verification/nfs-gateway.ts";

const IMAGE_NOTE_MS_MIN = 2_000;

export interface PrepareOptions {
  readonly dataDir: string;
  readonly rung: string | null;
  readonly assumeYes: boolean;
  readonly mayInstall: boolean;
  readonly output: Output;
  readonly signal: AbortSignal;
}

export interface PreparedMachine {
  readonly installation: Installation;
  readonly rung: RungLetter;
  /** Builds the host image, or finds it in the cache; nothing on the simulated rung. */
  ensureImage(): Promise<void>;
  /** Runs a tool of the host image on this machine's network. */
  readonly tools: ToolRunner;
  /** The same as a command line for people; null without an image. */
  readonly imageTool: ((argv: string) => string) | null;
}

/** The installation of a data directory, as this environment asks for it. */
export function openOwnInstallation(dataDir: string): Installation {
  const imageCacheDir = process.env["CYNOSURE_IMAGE_CACHE"];
  const xdgRuntimeDir = process.env["XDG_RUNTIME_DIR"];
  return openInstallation({ homeDir: dataDir, makesRuntimeDir: false, ...(imageCacheDir === undefined || imageCacheDir === "" ? {} : { imageCacheDir }), ...(xdgRuntimeDir === undefined ? {} : { xdgRuntimeDir }) });
}

export async function prepareMachine(options: PrepareOptions): Promise<PreparedMachine> {
  const { output, signal } = options;
  const installation = await asMachineProblem(signal, async () => openOwnInstallation(options.dataDir));
  const choice = await probeRungs(SUPPORTED_RUNGS, { hasImage: findHostImage(installation.imagesDir, IMAGE_NAME) !== null });
  const rung = chooseRung(options, choice);
  output.note(`Rung ${rung.rung}: ${rung.name} (${rung.reason})`);
  for (const probe of choice.probes.filter((each) => each.rung < rung.rung)) output.note(`  not ${probe.rung}: ${probe.state === "unavailable" ? probe.reason : SUPPORTED_RUNGS.includes(probe.rung) ? "not asked for" : "not served by this release"}`);
  await asMachineProblem(signal, () => installMissing(options, installation, rung.rung));
  const needsImage = rung.rung !== "d";
  let imageDir = needsImage ? findHostImage(installation.imagesDir, IMAGE_NAME) : null;
  return {
    installation,
    rung: rung.rung,
    async ensureImage() {
      if (needsImage) imageDir = await asMachineProblem(signal, () => ensureImage(installation, output, signal));
    },
    tools: async (argv, { dir, timeoutMsMax }) => {
      const [command, ...rest] = argv;
      if (imageDir === null || command === undefined) throw new CommandError(ExitCode.failed, `the host image is not there, so ${argv.join(" ")} cannot run`);
      const inPlace = (text: string): string => (text.startsWith(`${TOOL_DIR}/`) ? `${dir}${text.slice(TOOL_DIR.length)}` : text);
      const result = await (rung.rung === "c"
        ? runInPlace({ imageDir, argv: [command, ...rest.map(inPlace)], timeoutMsMax, signal })
        : runInImage({ imageDir, argv: [command, ...rest], binds: [{ from: dir, to: TOOL_DIR, writable: true }], network: "machine", timeoutMsMax, signal }));
      return { code: result.code ?? 255, stderr: result.timedOut ? `no end within ${timeoutMsMax} ms` : result.stderr };
    },
    get imageTool() {
      const dir = imageDir;
      return dir === null ? null : (argv: string) => (rung.rung === "c" ? runInPlaceCommand(dir, argv) : runInImageCommand(dir, argv));
    },
  };
}

/** What cannot be installed or built is this machine's problem and has its exit code. */
async function asMachineProblem<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof CommandError || error instanceof TypeError || signal.aborted) throw error;
    throw new CommandError(ExitCode.machine, error instanceof Error ? error.message : String(error), { code: "MachineNotReady", cause: error });
  }
}

/** What was asked for, else what the data was made on, else the best there is. */
function chooseRung(options: PrepareOptions, choice: RungChoice): RungProbe {
  const recorded = readControlPlaneRecord(options.dataDir)?.rung ?? null;
  const wished = options.rung ?? recorded;
  if (wished === null) return choice.chosen;
  const probe = choice.probes.find((each) => each.rung === wished);
  if (probe === undefined || !SUPPORTED_RUNGS.includes(probe.rung)) throw new CommandError(ExitCode.machine, `rung ${wished} is probed but not served by this release (${probe?.reason ?? "unknown"}); use --rung ${SUPPORTED_RUNGS.join(" or ")}`);
  if (recorded !== null && recorded !== wished) throw new CommandError(ExitCode.conflict, `${options.dataDir} was made on rung ${recorded}; start it without --rung, or forget it with --fresh`);
  if (probe.state === "unavailable") throw new CommandError(ExitCode.machine, `rung ${wished} cannot be had here: ${probe.reason}${options.rung === null ? `; ${options.dataDir} was made on it, --fresh forgets that` : ""}`);
  return probe;
}

async function installMissing(options: PrepareOptions, installation: Installation, rung: RungLetter): Promise<void> {
  const { output, signal } = options;
  const missing = listMissingPackages(rung, { hostImage: findHostImage(installation.imagesDir, IMAGE_NAME) === null });
  if (missing.length === 0) return;
  const names = missing.map((each) => each.name);
  output.note("Missing on this machine:");
  for (const each of missing) output.note(`  ${each.name}: ${each.why}`);
  const byHand = `install them with: ${installCommand(names)}`;
  if (!options.mayInstall) throw new CommandError(ExitCode.machine, `packages are missing and --no-install was given; ${byHand}`);
  if (!options.assumeYes && !(await ask("Install them now? No service is enabled or started.", output, signal))) throw new CommandError(ExitCode.machine, `packages are missing; ${byHand}, or start with --yes`);
  await installPackages(names, { signal, onLine: (line) => output.note(`  ${line}`) });
}

async function ensureImage(installation: Installation, output: Output, signal: AbortSignal): Promise<string> {
  let notedAtMs = 0;
  let phase = "";
  const image = await ensureHostImage({
    name: IMAGE_NAME,
    cacheDir: installation.imagesDir,
    signal,
    onProgress: (progress) => {
      const nowMs = performance.now();
      if (progress.phase === phase && nowMs - notedAtMs < IMAGE_NOTE_MS_MIN) return;
      phase = progress.phase;
      notedAtMs = nowMs;
      output.note(`  image ${IMAGE_NAME}: ${progress.phase}${progress.percent === null ? "" : ` ${progress.percent.toFixed(0)} %`} ${progress.detail}`.slice(0, 100).trimEnd());
    },
  });
  output.note(`Host image ${image.name} ${image.cached ? "is cached" : "is built"}: ${image.dir}`);
  return image.dir;
}
