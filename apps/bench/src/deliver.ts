// `npm run bench -- deliver`: a warm start to a verified cluster in an empty data directory (host image and
// packages present), then the same installation at rest. Figures are ratios where a ratio is possible;
// absolute seconds belong to the machine they were measured on.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ask, checkoutDir, type Installation, startUp } from "./cynosure-cli.ts";
import { type CephBaseline, runCephBaseline } from "./ceph-baseline.ts";
import { type PlanFigures, planFigures } from "./plan-figures.ts";
import { processesOf, type Role, roleOf } from "./process-figures.ts";

const IDLE_SECONDS = 30;
const SETTLE_SECONDS = 15;
const MIB = 1024 * 1024;
/** Hosts of the example requirement. */
const HOSTS = 8;

export interface RoleFigures {
  readonly processes: number;
  readonly pssMiB: number;
  /** Share of one core over the idle window. */
  readonly cpuPercent: number;
}

export interface DeliverFigures {
  readonly benchmark: "deliver";
  readonly isSimulated: boolean;
  readonly rung: string;
  /** From the command to a verified cluster. */
  readonly readySeconds: number;
  readonly seconds: unknown;
  readonly plans: readonly (PlanFigures & { readonly comment: string })[];
  /** The same cluster by a hand-written script just before; null on a simulated rung. */
  readonly cephBaseline: CephBaseline | null;
  /** Wall time of the plan that creates the cluster over the script's: hosts, agents and durable steps included. */
  readonly cephRatio: number | null;
  readonly idleSeconds: number;
  readonly idle: Readonly<Partial<Record<Role, RoleFigures>>>;
}

interface WirePlan {
  readonly properties: {
    readonly comment: string;
    readonly generation: number;
    readonly steps: readonly { readonly id: string; readonly dependsOn: readonly string[]; readonly expectedMs: number; readonly startedAt?: string; readonly finishedAt?: string }[];
  };
}

const pause = (seconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, seconds * 1000));

async function idleFigures(installationId: string): Promise<Partial<Record<Role, RoleFigures>>> {
  const before = new Map(processesOf(installationId).map((figure) => [figure.pid, figure.cpuSeconds]));
  await pause(IDLE_SECONDS);
  const roles: Partial<Record<Role, RoleFigures>> = {};
  for (const figure of processesOf(installationId)) {
    const role = roleOf(figure);
    const spentSeconds = figure.cpuSeconds - (before.get(figure.pid) ?? 0);
    const { processes, pssMiB, cpuPercent } = roles[role] ?? { processes: 0, pssMiB: 0, cpuPercent: 0 };
    roles[role] = { processes: processes + 1, pssMiB: pssMiB + figure.pssBytes / MIB, cpuPercent: cpuPercent + (spentSeconds / IDLE_SECONDS) * 100 };
  }
  return roles;
}

function figuresOf(plan: WirePlan): (PlanFigures & { comment: string })[] {
  const steps = plan.properties.steps.flatMap(({ id, dependsOn, expectedMs, startedAt, finishedAt }) =>
    startedAt === undefined || finishedAt === undefined ? [] : [{ id, dependsOn, expectedMs, startedAtMs: Date.parse(startedAt), finishedAtMs: Date.parse(finishedAt) }],
  );
  return steps.length === 0 || steps.length !== plan.properties.steps.length ? [] : [{ comment: plan.properties.comment, ...planFigures(steps) }];
}

export async function benchDeliver(rung: string | null, note: (text: string) => void): Promise<DeliverFigures> {
  const dataDir = mkdtempSync(join(tmpdir(), "cynosure-bench-"));
  const installation: Installation = { dataDir, env: { ...process.env, CYNOSURE_HOME: dataDir, CYNOSURE_IMAGE_CACHE: process.env["CYNOSURE_IMAGE_CACHE"] ?? join(checkoutDir, ".cynosure", "images") } };
  try {
    const isReal = rung !== "d";
    if (isReal) note("the same cluster by hand …");
    const cephBaseline = isReal ? await runCephBaseline(installation.env, HOSTS) : null;
    note("delivering …");
    const up = await startUp(installation, rung === null ? [] : ["--rung", rung]);
    try {
      note(`ready after ${up.readySeconds.toFixed(1)} s; settling, then ${IDLE_SECONDS} s at rest`);
      await pause(SETTLE_SECONDS);
      // The shapes below are the contract's; the bench reads a few fields of each.
      const cluster = (await ask(installation, ["cluster", "show", "proof-of-concept"])) as { properties: { installationId: string; isSimulated?: boolean } };
      const plans = (await ask(installation, ["plan", "list", "--cluster", "proof-of-concept"])) as { value: WirePlan[] } | WirePlan[];
      const idle = await idleFigures(cluster.properties.installationId);
      const listed = Array.isArray(plans) ? plans : plans.value;
      const final = await up.stop();
      const figures = listed.sort((a, b) => a.properties.generation - b.properties.generation).flatMap(figuresOf);
      const first = figures[0];
      return {
        benchmark: "deliver",
        isSimulated: cluster.properties.isSimulated === true,
        rung: String(final["rung"]),
        readySeconds: up.readySeconds,
        seconds: final["seconds"],
        plans: figures,
        cephBaseline,
        cephRatio: cephBaseline === null || first === undefined ? null : first.wallMs / 1000 / cephBaseline.totalSeconds,
        idleSeconds: IDLE_SECONDS,
        idle,
      };
    } catch (error) {
      await up.stop();
      throw error;
    }
  } finally {
    rmSync(dataDir, { recursive: true, force: true });
  }
}
