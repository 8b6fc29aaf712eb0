// `cynosure doctor`: what is wrong with this machine and what any installation left on it.
import { existsSync } from "node:fs";
import type { Command } from "commander";
import { IMAGE_NAME, SUPPORTED_RUNGS, examineMachine } from "@cynosure/machine";
import type { DoctorReport } from "@cynosure/machine";
import { join } from "node:path";
import { ownDataDir } from "../data-dir.ts";
import { ExitCode } from "../exit-code.ts";
import type { ProgramRun } from "../program-run.ts";
import { findRunning } from "../up/control-plane-process.ts";
import { openOwnInstallation } from "../up/prepare-machine.ts";

const MARKS = { ok: "ok     ", info: "info   ", warning: "warning", error: "ERROR  ", unknown: "unknown" } as const;

export function addDoctorCommand(command: Command, program: ProgramRun): void {
  command
    .command("doctor")
    .description("Says what is wrong with this machine, and lists everything left over that carries an installation id.")
    .action(async () => {
      const dataDir = ownDataDir();
      // Looking must not make a data directory.
      const installation = existsSync(join(dataDir, "installation.json")) ? openOwnInstallation(dataDir) : null;
      const report = await examineMachine({ installation, imageName: IMAGE_NAME, supportedRungs: SUPPORTED_RUNGS, isRunning: findRunning(dataDir) !== null });
      program.output().result(report, describeReport(report));
      if (report.findings.some((finding) => finding.severity === "error")) program.exitCode = ExitCode.machine;
    });
}

function describeReport(report: DoctorReport): string[] {
  const lines = [report.system];
  for (const finding of report.findings) {
    lines.push(`${MARKS[finding.severity]} ${finding.message}`);
    if (finding.remedy !== null) lines.push(`        ${finding.remedy}`);
  }
  for (const left of report.leftovers) {
    lines.push(`installation ${left.installationId}`);
    for (const each of left.processes) lines.push(`  process ${each.pid}  ${each.commandLine.slice(0, 90)}`);
    for (const name of left.networkNamespaces) lines.push(`  namespace ${name}`);
    for (const mount of left.mounts) lines.push(`  mount ${mount}`);
    for (const dir of left.runtimeDirs) lines.push(`  directory ${dir}`);
  }
  return lines;
}
