import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { spawn } from "node:child_process";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { installationId } from "@cynosure/model";
import { findOurProcesses, listInstallationIds } from "./process-scan.ts";
import { identifyProcess, isProcessAlive, readProcessStat, spawnDetached, stopProcess } from "./process.ts";
import type { ProcessIdentity } from "./process.ts";
import { run, runOrThrow } from "./run.ts";

const id = installationId("7e57aa03");
let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "cynosure-process-"));
});
afterEach(async () => {
  for (const found of findOurProcesses(id)) {
    const identity = identifyProcess(found.pid);
    if (identity !== null) await stopProcess(identity, { signal: "SIGKILL", timeoutMsMax: 1_000 });
  }
  rmSync(dir, { recursive: true, force: true });
});

const start = (script: string, env: Record<string, string> = {}): Promise<ProcessIdentity> => spawnDetached({ argv: ["sh", "-c", script], installationId: id, logFile: join(dir, "log"), env });

describe("processes", () => {
  it("a detached process leads its own session and gets nothing of our environment but PATH and the mark", async () => {
    process.env["SECRET_OF_OURS"] = "hidden";
    const started = await start("env; exec sleep 60");
    delete process.env["SECRET_OF_OURS"];
    await vi.waitFor(() => expect(readFileSync(join(dir, "log"), "utf8")).toContain("CYNOSURE_INSTALLATION=7e57aa03"));
    expect(readFileSync(join(dir, "log"), "utf8")).not.toContain("SECRET_OF_OURS");
    const session = readFileSync(`/proc/${started.pid}/stat`, "utf8").split(") ")[1]?.split(" ")[3];
    expect(Number(session)).toBe(started.pid);
  });

  it("the same pid with another start time, or from another boot, is another process", async () => {
    const started = await start("exec sleep 60");
    expect(isProcessAlive(started)).toBe(true);
    expect(isProcessAlive({ ...started, startTicks: started.startTicks - 1 })).toBe(false);
    expect(isProcessAlive({ ...started, bootId: "another" })).toBe(false);
  });

  it("a zombie is not alive", async () => {
    const child = spawn("sh", ["-c", "sleep 0.01 & exec sleep 60"]);
    const zombie = await vi.waitFor(() => {
      const { stdout } = { stdout: readFileSync(`/proc/${child.pid}/task/${child.pid}/children`, "utf8") };
      const pid = Number(stdout.trim());
      expect(readProcessStat(pid)?.state).toBe("Z");
      return pid;
    });
    expect(() => process.kill(zombie, 0)).not.toThrow();
    expect(identifyProcess(zombie)).toBeNull();
    child.kill("SIGKILL");
  });

  it("reads the name of a process that holds spaces and brackets", async () => {
    const started = await start("printf 'a) S (b' > /proc/self/comm; while :; do sleep 60; done");
    await vi.waitFor(() => expect(readProcessStat(started.pid)?.comm).toBe("a) S (b"));
    expect(readProcessStat(started.pid)?.startTicks).toBe(started.startTicks);
  });

  it("stops in order, by force when it must, and says which", async () => {
    const willing = await start("exec sleep 60");
    expect(await stopProcess(willing, { signal: "SIGTERM", timeoutMsMax: 5_000 })).toBe("stopped");
    expect(await stopProcess(willing, { signal: "SIGTERM", timeoutMsMax: 5_000 })).toBe("wasGone");
    const stubborn = await start("trap '' TERM; echo ready; while :; do sleep 0.1; done");
    await vi.waitFor(() => expect(readFileSync(join(dir, "log"), "utf8")).toContain("ready"));
    expect(await stopProcess(stubborn, { signal: "SIGTERM", timeoutMsMax: 100 })).toBe("killed");
    expect(isProcessAlive(stubborn)).toBe(false);
  });

  it("finds the processes of an installation, also descendants that cleaned their environment", async () => {
    const started = await start("env -i /bin/sh -c 'while :; do /bin/sleep 61; done' & exec sleep 62");
    await vi.waitFor(() => expect(findOurProcesses(id).map((found) => found.commandLine)).toContain("/bin/sleep 61"));
    expect(findOurProcesses(id).map((found) => found.pid)).toContain(started.pid);
    expect(listInstallationIds()).toContain(id);
    expect(findOurProcesses(installationId("7e57aa04"))).toEqual([]);
  });

  it("a command that hangs is ended at its limit, and a failure quotes what was said", async () => {
    const hung = await run(["sleep", "60"], { timeoutMsMax: 50 });
    expect(hung).toMatchObject({ timedOut: true, signal: "SIGTERM" });
    const stubborn = await run(["sh", "-c", "trap '' TERM; while :; do sleep 0.05; done"], { timeoutMsMax: 50 });
    expect(stubborn).toMatchObject({ timedOut: true, signal: "SIGKILL" });
    await expect(run(["sleep", "60"], { signal: AbortSignal.timeout(20) })).rejects.toThrow(/sleep was told to stop/);
    await expect(runOrThrow(["sh", "-c", "echo no such pool >&2; exit 3"])).rejects.toThrow(/ended with 3: no such pool/);
    await expect(run(["no-such-command-here"])).rejects.toThrow(/cannot run no-such-command-here/);
  });
});
