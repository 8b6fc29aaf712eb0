import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { listControlPlanes, openInstallation } from "@cynosure/machine";
import { afterAll, describe, expect, it } from "vitest";
import { startBackgroundTasks } from "./background-tasks.ts";
import { readConfig } from "./config.ts";
import { announce, choosePort, readLeader, readRecordedPort } from "./control-plane-record.ts";
import { openSecrets } from "./secrets.ts";
import { systemClock } from "./system-clock.ts";

const scratch = mkdtempSync(join(tmpdir(), "cynosure-installation-"));
afterAll(() => rmSync(scratch, { recursive: true }));

describe("configuration", () => {
  it("keeps images beside the data unless a cache is named, and takes a database of one's own", () => {
    expect(readConfig(["--data-dir", "/x/.cynosure", "--rung", "a"], {})).toEqual({ dataDir: "/x/.cynosure", databaseUrl: null, rung: "a", ownHosts: false, imageCacheDir: "/x/.cynosure/images", port: null, behindArm: null, trustedIssuers: null, urlTargets: { names: [], ranges: [] } });
    expect(readConfig(["--own-hosts"], { CYNOSURE_HOME: "/x", CYNOSURE_IMAGE_CACHE: "/cache", DATABASE_URL: "postgres://db/c" })).toMatchObject({ dataDir: "/x", rung: "d", ownHosts: true, imageCacheDir: "/cache", databaseUrl: "postgres://db/c" });
  });

  it("takes where files may be read from by URL from the flag, else from the variable, and says what it cannot read", () => {
    const read = (argv: readonly string[], variable?: string) => readConfig(["--data-dir", "/x", ...argv], { CYNOSURE_ALLOW_URL_TARGETS: variable }).urlTargets;
    expect(read(["--allow-url-targets", "files.example,10.1.0.0/16"], "other.example")).toEqual({ names: ["files.example"], ranges: [{ address: "10.1.0.0", bits: 16 }] });
    expect([read([], "other.example"), read([], "")]).toEqual([{ names: ["other.example"], ranges: [] }, { names: [], ranges: [] }]);
    expect(() => read(["--allow-url-targets", "10.1.0.0/40"])).toThrow("--allow-url-targets: '10.1.0.0/40' needs a number from 0 to 32");
    expect(() => read([], "https://files.example")).toThrow("CYNOSURE_ALLOW_URL_TARGETS: 'https://files.example' is no host name");
  });

  it("refuses what it does not know, and says what it knows", () => {
    expect(() => readConfig(["--data-dir", "/x", "--rung", "e"], {})).toThrow(/allowed: a, b, c, d/);
    expect(() => readConfig(["--data-dir", "/x", "--port", "70000"], {})).toThrow(/up to 65535/);
    expect(() => readConfig(["--dir", "/x"], {})).toThrow(/Known: --data-dir/);
    expect(() => readConfig([], {})).toThrow(/CYNOSURE_HOME/);
  });
});

describe("secrets", () => {
  it("are made once, differ between installations, and only their owner may read them", () => {
    const first = openSecrets({ homeDir: scratch, pkiDir: scratch });
    expect(openSecrets({ homeDir: scratch, pkiDir: scratch })).toEqual(first);
    for (const name of ["credentials.json", "master.key"]) expect(statSync(join(scratch, name)).mode & 0o777).toBe(0o600);
    const other = mkdtempSync(join(scratch, "other-"));
    expect(openSecrets({ homeDir: other, pkiDir: other }).client.clientSecret).not.toBe(first.client.clientSecret);
  });

  it("are never made anew over a damaged file", () => {
    const dir = mkdtempSync(join(scratch, "damaged-"));
    writeFileSync(join(dir, "master.key"), "short");
    expect(() => openSecrets({ homeDir: dir, pkiDir: dir })).toThrow(/does not hold 32 bytes/);
  });
});

describe("control plane record", () => {
  it("keeps the port over restarts and moves only when someone else has it", async () => {
    const installation = openInstallation({ homeDir: join(scratch, "home"), runtimeBaseDir: scratch });
    expect(readRecordedPort(installation)).toBeNull();
    const { port } = await choosePort(null);
    const records = announce({ installation, processName: "cp-test", url: `https://127.0.0.1:${port}`, port, caPath: "/ca.pem", rung: "d" });
    records.lead();
    expect(readLeader(installation)).toBe("cp-test");
    expect(listControlPlanes(installation.homeDir)).toMatchObject([{ port, pid: process.pid, processName: "cp-test" }]);
    records.withdraw();
    records.stopLeading();
    expect(listControlPlanes(installation.homeDir)).toEqual([]);
    expect(JSON.parse(readFileSync(installation.controlPlaneFile, "utf8"))).toMatchObject({ port, pid: null });
    expect(await choosePort(readRecordedPort(installation))).toEqual({ port, isMoved: false });
    const other = createServer().listen(port, "127.0.0.1");
    await new Promise((resolve) => other.once("listening", resolve));
    const moved = await choosePort(port);
    expect(moved.isMoved).toBe(true);
    expect(moved.port).not.toBe((other.address() as AddressInfo).port); // listening, so it has an AddressInfo
    other.close();
  });
});

describe("background tasks", () => {
  it("go on after a failure and end when stopped, also in the middle of a wait", async () => {
    let runs = 0;
    const errors: string[] = [];
    const twice = Promise.withResolvers<void>();
    const task = {
      name: "observe",
      everyMs: 1,
      run: async () => {
        runs += 1;
        if (runs === 1) throw new Error("lost");
        if (runs === 2) twice.resolve();
      },
    };
    const tasks = startBackgroundTasks([task, { name: "rare", everyMs: 3_600_000, run: async () => {} }], systemClock, (name, error) => errors.push(`${name}: ${String(error)}`));
    await twice.promise;
    await tasks.stop();
    expect(errors).toEqual(["observe: Error: lost"]);
  });
});
