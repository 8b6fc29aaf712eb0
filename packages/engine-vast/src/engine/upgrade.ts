// Upgrades: bundle, hardware check, validation, then batch by batch while the cluster serves. Nothing in the vendor's document
// pauses one or takes it back: it can be stopped between two batches, and begun again.
import { doneVoid, failed, waiting, type EngineAction, type StepResult } from "@cynosure/model";
import { parseUpgrade, type UpgradeParams } from "../layout/action-params.ts";
import { sendBundle } from "./bundle.ts";
import { readCluster } from "./cluster-row.ts";
import type { Context } from "./context.ts";
import { asRow, asRows, idOf, textOf, type Row } from "./rows.ts";
import { POLL_MS, forgetTask, rememberTask, seeTask, waitForTask } from "./tasks.ts";
import { detailOf } from "./vms.ts";

const BUNDLE_TASK = "upgrade-bundle";
const CHECK_TASK = "upgrade-check";
const UPGRADE_TASK = "upgrade";
/** The version whose hardware check has passed. */
const CHECKED_OUTPUT = "vast-upgrade-checked";
const EXCEPTIONS_SHOWN = 5;
const RUNNING = new Set(["IN_PROGRESS", "STOPPING"]);

interface Upgrade extends Context {
  readonly cluster: Row;
  readonly wanted: UpgradeParams;
}

const isAt = (row: Row, field: string, version: string): boolean => textOf(row, field) === version || textOf(row, field).startsWith(`${version}.`);

/** Null once the version can be installed. */
async function bring(upgrade: Upgrade): Promise<StepResult | null> {
  const { cluster, wanted, vms } = upgrade;
  if (isAt(asRow(cluster["available_upgrade_version"]), "version", wanted.version)) return null;
  const task = await seeTask(upgrade, BUNDLE_TASK);
  if (task.kind === "running") return waitForTask(`the bundle of ${wanted.version}`);
  if (task.kind !== "none") {
    await forgetTask(upgrade, BUNDLE_TASK);
    return task.kind === "failed" ? failed("BundleRefused", `The bundle of ${wanted.version} could not be prepared: ${task.reason}`) : failed("WrongBundle", `The bundle was taken and does not hold ${wanted.version}: the cluster says ${detailOf(cluster["available_upgrade_version"])} is available. Name the version of the bundle.`);
  }
  if (wanted.bundle === null) return failed("BundleMissing", `No bundle of ${wanted.version} is on the cluster. Give a URL or a file to upload.`);
  const answer = await sendBundle(vms, idOf(cluster), wanted.bundle);
  if (answer !== null) await rememberTask(upgrade, BUNDLE_TASK, answer);
  return waitForTask(`the bundle of ${wanted.version}`);
}

/** Null once hardware and software are fit for it. */
async function checkFitness(upgrade: Upgrade): Promise<StepResult | null> {
  const { cluster, wanted, vms, vault } = upgrade;
  if ((await vault.readOutput(CHECKED_OUTPUT)) === wanted.version) return null;
  const task = await seeTask(upgrade, CHECK_TASK);
  if (task.kind === "running") return waitForTask(`the hardware check before ${wanted.version}`);
  if (task.kind === "none") {
    await rememberTask(upgrade, CHECK_TASK, await vms.send({ method: "PATCH", path: "/clusters/run_hardware_check/", json: {} }));
    return waitForTask(`the hardware check before ${wanted.version}`);
  }
  await forgetTask(upgrade, CHECK_TASK);
  if (task.kind === "failed") return failed("HardwareCheckFailed", `The hardware is not fit for ${wanted.version}: ${task.reason}`);
  const { exceptions } = await vms.send({ method: "GET", path: `/clusters/${idOf(cluster)}/pre_upgrade_validation_exceptions/`, isRepeatable: false });
  const found = (Array.isArray(exceptions) ? asRows(exceptions).map((row, at) => (Object.keys(row).length === 0 ? String(exceptions[at]) : detailOf(row))) : Object.values(asRow(exceptions)).map(String)).filter((text) => text !== "");
  if (found.length > 0) return failed("UpgradeValidationFailed", `The cluster cannot be upgraded to ${wanted.version}: ${found.slice(0, EXCEPTIONS_SHOWN).join("; ")}`);
  await vault.putOutput(CHECKED_OUTPUT, wanted.version);
  return null;
}

async function install(upgrade: Upgrade): Promise<StepResult> {
  const { cluster, wanted, vms } = upgrade;
  const batches = { ...(wanted.cnodesBatchPercent === null ? {} : { cnodes_batch_size_percentage: wanted.cnodesBatchPercent }), ...(wanted.dnodesBatchPercent === null ? {} : { dnodes_batch_size_percentage: wanted.dnodesBatchPercent }) };
  const json = { enable_dr: cluster["enable_dr"] === true, force: false, ...batches };
  await rememberTask(upgrade, UPGRADE_TASK, await vms.send({ method: "POST", path: `/clusters/${idOf(cluster)}/upgrade_without_file/`, json }));
  return waitForTask(`the upgrade to ${wanted.version}`);
}

/** What the last try came to, told once. Null when there was none. */
async function lastEnd(upgrade: Upgrade): Promise<StepResult | null> {
  const { cluster, wanted } = upgrade;
  const task = await seeTask(upgrade, UPGRADE_TASK);
  if (task.kind === "running") return waitForTask(`the upgrade to ${wanted.version}: ${textOf(cluster, "upgrade_phase")}`);
  if (task.kind === "none") return null;
  await forgetTask(upgrade, UPGRADE_TASK);
  // It ended after the cluster was read.
  const now = task.kind === "completed" ? await readCluster(upgrade.vms) : null;
  if (now !== null && isAt(now, "sw_version", wanted.version)) return waiting(`the upgrade to ${wanted.version}`, POLL_MS);
  if (textOf(cluster, "upgrade_state") === "STOPPED") return failed("UpgradeStopped", `The upgrade to ${wanted.version} was stopped after ${textOf(cluster, "upgrade_phase")}. Ask for it again to go on.`);
  return failed("UpgradeFailed", `The upgrade to ${wanted.version} ended, and the cluster runs ${textOf(cluster, "sw_version")}: ${task.kind === "failed" ? task.reason : "the management server gave no reason"}`);
}

export async function upgradeCluster(context: Context, action: EngineAction): Promise<StepResult> {
  const wanted = parseUpgrade(action.params);
  const cluster = await readCluster(context.vms);
  if (cluster === null) return failed("NoCluster", "The management server has no cluster to upgrade.");
  const upgrade: Upgrade = { ...context, cluster, wanted };
  if (isAt(cluster, "sw_version", wanted.version)) {
    for (const key of [BUNDLE_TASK, CHECK_TASK, UPGRADE_TASK]) await forgetTask(context, key);
    await context.vault.putOutput(CHECKED_OUTPUT, "");
    return doneVoid;
  }
  if (RUNNING.has(textOf(cluster, "upgrade_state"))) return waiting(`the upgrade to ${wanted.version}: ${textOf(cluster, "upgrade_phase")}`, POLL_MS);
  return (await lastEnd(upgrade)) ?? (await bring(upgrade)) ?? (await checkFitness(upgrade)) ?? install(upgrade);
}

export async function stopUpgrade({ vms }: Context): Promise<StepResult> {
  const cluster = await readCluster(vms);
  const state = cluster === null ? "" : textOf(cluster, "upgrade_state");
  if (cluster === null || !RUNNING.has(state)) return doneVoid;
  if (state === "IN_PROGRESS") await vms.send({ method: "POST", path: `/clusters/${idOf(cluster)}/stop_upgrade/` });
  return waiting("the batch under way to end", POLL_MS);
}
