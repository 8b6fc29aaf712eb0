import { join } from "node:path";
import { readFileSync, writeFileSync } from "node:fs";
import { afterAll, describe, expect, it } from "vitest";
import { isNothingLeft } from "@cynosure/machine";
import { createHome, lastJson } from "./support/cynosure.ts";

const home = createHome();
afterAll(() => home.remove());
const up = ["up", "--rung", "d", "--exit-when-ready", "--json", "--yes"];

describe("cynosure up on the simulated rung", () => {
  it("ends with the one line, exit code 0, SIMULATED on every result, and nothing left running", async () => {
    const end = await home.run(up);
    expect(end.stderr).toContain("SIMULATED Sizing of here: 8 hosts");
    expect(end.code, end.stderr).toBe(0);
    expect(end.stdout.trimEnd().split("\n")).toHaveLength(1);
    const line = lastJson(end);
    expect(line).toMatchObject({ ready: true, engine: "simulated", rung: "d", hosts: 8, health: "HEALTH_OK", verified: { nfs: null, s3: null } });
    expect(Object.keys(line)).toEqual(["ready", "engine", "rung", "hosts", "health", "verified", "seconds"]);
    for (const result of end.stderr.split("\n").filter((each) => /HEALTH_|\d MB\/s|Sizing|Plan \d|Endpoints|done {4}/.test(each))) expect(result).toMatch(/SIMULATED/);
    expect(isNothingLeft(home.leftovers())).toBe(true);
  });

  it("brings the same cluster back at the same address the next time", async () => {
    const before = home.record();
    const end = await home.run(up);
    expect(end.code, end.stderr).toBe(0);
    expect(end.stderr).toContain("Cluster proof-of-concept is known");
    expect(home.record()).toMatchObject({ url: before.url, installationId: before.installationId, pid: null });
  });

  it("stays until Ctrl-C, answers commands meanwhile, and then stops everything with exit code 0", async () => {
    const started = home.start(["up", "--rung", "d"]);
    await started.untilSays("Ready. Ctrl-C stops everything");
    const shown = await home.run(["cluster", "show", "proof-of-concept", "--json"]);
    expect(lastJson(shown)).toMatchObject({ name: "proof-of-concept", properties: { provisioningState: "Succeeded", isSimulated: true } });
    const inCluster = ["--cluster", "proof-of-concept", "--json"];
    expect(lastJson(await home.run(["snapshot", "create", "monday", "--file-system", "home", ...inCluster]))).toMatchObject({ name: "monday", properties: { fileSystem: "home", provisioningState: "Succeeded" } });
    await home.run(["quota", "create", "projects", "--file-system", "home", "--path", "/projects", "--hard-limit-bytes", "5000000", ...inCluster]);
    expect(lastJson(await home.run(["quota", "update", "projects", "--hard-limit-bytes", "6000000", ...inCluster]))).toMatchObject({ properties: { path: "/projects", hardLimitBytes: 6_000_000, provisioningState: "Succeeded" } });
    const refused = await home.run(["filesystem", "delete", "home", ...inCluster]);
    expect([refused.code === 0, refused.stdout + refused.stderr]).toEqual([false, expect.stringMatching(/snapshot monday, quota projects/)]);
    for (const [noun, name] of [["quota", "projects"], ["snapshot", "monday"]] as const) {
      expect((await home.run([noun, "delete", name, ...inCluster])).code).toBe(0);
      expect(lastJson(await home.run([noun, "list", ...inCluster]))["value"]).toEqual([]);
    }
    const second = await home.run(["up", "--rung", "d", "--json"]);
    expect(second.code).toBe(4);
    expect(second.stderr).toContain('another \\"cynosure up\\" works on');
    started.child.kill("SIGINT");
    const end = await started.ended;
    expect(end.code, end.stdout + end.stderr).toBe(0);
    expect(isNothingLeft(home.leftovers())).toBe(true);
    expect((await home.run(["cluster", "list", "--json"])).code).toBe(5);
  });

  it("starts a control plane again that was killed while its user stays, on the same port, and stops that one in the end", async () => {
    const started = home.start(["up", "--rung", "d"]);
    await started.untilSays("Ready. Ctrl-C stops everything");
    const { pid, url } = home.record();
    process.kill(pid ?? 0, "SIGKILL");
    await started.untilSays("Control plane is ready again");
    expect(home.record()).toMatchObject({ url });
    expect(home.record().pid).not.toBe(pid);
    expect((await home.run(["cluster", "show", "proof-of-concept", "--json"])).code).toBe(0);
    started.child.kill("SIGINT");
    const end = await started.ended;
    expect(end.code, end.stdout + end.stderr).toBe(0);
    expect(isNothingLeft(home.leftovers())).toBe(true);
  });

  it("refuses a wrong requirement with its line before it starts anything", async () => {
    const path = join(home.dir, "wrong.yaml");
    writeFileSync(path, "apiVersion: cynosure/v1\nkind: Requirement\nname: x\nsties: []\n");
    const end = await home.run([...up, "--requirement", path]);
    expect(end.code).toBe(2);
    expect(end.stderr).toContain('wrong.yaml:4: sties unknown key; did you mean \\"sites\\"?');
  });

  it("refuses a host count the protection cannot use with the reason, and leaves nothing behind", async () => {
    const path = join(home.dir, "small.yaml");
    const example = readFileSync(new URL("../../examples/requirements/proof-of-concept.yaml", import.meta.url), "utf8");
    writeFileSync(path, example.replace("count: 8", "count: 3").replace("name: here", "name: there"));
    const end = await home.run([...up, "--requirement", path]);
    expect(end.code).not.toBe(0);
    expect(lastJson(end)).toMatchObject({ ready: false, reason: expect.stringContaining("4") });
    expect(isNothingLeft(home.leftovers())).toBe(true);
  });
});
