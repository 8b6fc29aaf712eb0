import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readFileSync, readdirSync, existsSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { installationId } from "@cynosure/model";
import { describeWhen } from "../../../test/require.ts";
import { examineMachine, look } from "./doctor.ts";
import { openInstallation } from "./installation.ts";
import { findInstallationIds, findLeftovers, isNothingLeft, removeLeftovers } from "./leftovers.ts";
import { installPackages, listMissingPackages } from "./packages.ts";
import { isProcessAlive, spawnDetached } from "./process.ts";
import { run } from "./run.ts";
import { runInImage } from "./run-in-image.ts";
import { findTool, probeRungs } from "./rungs.ts";

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "cyn-m-"));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const missing = process.getuid?.() !== 0 ? "needs root for named network namespaces" : findTool("bwrap") !== null && findTool("ip") !== null ? null : "needs bubblewrap and iproute2";

describe("rungs", () => {
  it("are all probed, each with a reason, and the last can always be had", async () => {
    const { probes, chosen } = await probeRungs();
    expect(probes.map((probe) => probe.rung)).toEqual(["a", "b", "c", "d"]);
    for (const probe of probes) expect(probe.reason).not.toBe("");
    expect(probes.at(-1)?.state).toBe("available");
    expect(chosen).toEqual(probes.find((probe) => probe.state !== "unavailable"));
  });

  it("a rung the caller cannot run is passed over", async () => {
    expect((await probeRungs(["d"])).chosen.rung).toBe("d");
  });

  it("need packages only where they use them, each with its why", () => {
    expect(listMissingPackages("d", { hostImage: true })).toEqual([]);
    expect(listMissingPackages("c", { hostImage: true })).toEqual([]);
    for (const needed of listMissingPackages("a", { hostImage: true })) expect(needed.why).not.toBe("");
    const withoutImage = listMissingPackages("a", { hostImage: false }).map((one) => one.name);
    expect(withoutImage).not.toContain("mmdebstrap");
  });

  it("installing nothing touches nothing", async () => {
    await expect(installPackages([])).resolves.toBeUndefined();
  });
});

describe("the doctor", () => {
  it("says of a look that breaks off that nothing could be found out, and why", () => {
    const broken = look("disk-space", () => {
      throw new Error("statfs: permission denied");
    });
    expect(broken).toMatchObject({ id: "disk-space", severity: "unknown", message: expect.stringContaining("permission denied") });
    expect(look("fuse", () => ({ id: "fuse", severity: "ok", message: "there", remedy: null }))).toMatchObject({ severity: "ok" });
  });
});

describeWhen(missing, "the machine under root", () => {
  it("a probe leaves no namespace behind", async () => {
    const { probes } = await probeRungs();
    expect(probes[0]).toMatchObject({ rung: "a", state: "available" });
    expect((existsSync("/run/netns") ? readdirSync("/run/netns") : []).filter((name) => name.startsWith("cyn-probe"))).toEqual([]);
  });

  it("finds what carries an installation id, names it in doctor, and removes it", async () => {
    const id = installationId("7e57aa05");
    const started = await spawnDetached({ argv: ["sleep", "60"], installationId: id, logFile: join(dir, "log") });
    await run(["ip", "netns", "add", `cyn-${id}-abcdef-net`]);
    const left = findLeftovers(id);
    expect(left.processes.map((found) => found.pid)).toEqual([started.pid]);
    expect(left.networkNamespaces).toEqual([`cyn-${id}-abcdef-net`]);
    expect(left.mounts.length).toBeGreaterThan(0);
    expect(findInstallationIds()).toContain(id);
    const installation = openInstallation({ homeDir: join(dir, "home"), runtimeBaseDir: join(dir, "run") });
    const report = await examineMachine({ installation, imageName: "ceph-18.2", supportedRungs: ["a", "d"], isRunning: false });
    expect(report.findings.filter((finding) => finding.id === "leftovers" && finding.message.includes(id))).toMatchObject([{ severity: "warning" }]);
    expect(isNothingLeft(await removeLeftovers(id))).toBe(true);
    expect(isProcessAlive(started)).toBe(false);
    expect(readFileSync("/proc/self/mounts", "utf8")).not.toContain(id);
  });

  it("runs a command in an image tree with its input, without the machine's processes or environment", async () => {
    process.env["SECRET_OF_OURS"] = "hidden";
    const result = await runInImage({ imageDir: "/", argv: ["sh", "-c", "cat; env; ls /proc"], stdin: "spoken\n", network: "machine", timeoutMsMax: 10_000 });
    delete process.env["SECRET_OF_OURS"];
    expect(result.code).toBe(0);
    expect(result.stdout).toMatch(/^spoken\n/);
    expect(result.stdout).not.toContain("SECRET_OF_OURS");
    expect(result.stdout.split("\n").filter((line) => /^\d+$/.test(line)).length).toBeLessThan(6);
    const hung = await runInImage({ imageDir: "/", argv: ["sleep", "60"], network: "machine", timeoutMsMax: 100 });
    expect(hung.timedOut).toBe(true);
  });
});
