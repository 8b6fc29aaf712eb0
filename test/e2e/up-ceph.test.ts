// The product on real Ceph, one cluster for all of it: killed while it is delivered, stopped and brought
// back, lied to, deleted. What is alive is read from /proc and the namespaces, never from our own records.
import { readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { findOurProcesses, isNothingLeft, readProcessStat } from "@cynosure/machine";
import type { FoundProcess } from "@cynosure/machine";
import { installationId } from "@cynosure/model";
import { describeWhen } from "../require.ts";
import { createHome, lastJson, missingForCeph, until } from "./support/cynosure.ts";
import { databaseUrlOf, findSecrets, gatherSecrets } from "./support/find-secrets.ts";
import { ask } from "./support/native-api.ts";
import { endHome } from "./support/small-cluster.ts";

const SEED = Number(process.env["CYNOSURE_SEED"] ?? "20261122");
const KILLS = 5;

/** A number in [0, 1) for each draw, the same for the same seed. */
function draws(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

describeWhen(missingForCeph(), "cynosure up on real Ceph", () => {
  const home = createHome();
  const up = ["up", "--rung", "a", "--exit-when-ready", "--json", "--yes"];
  const engineDaemon = /ceph-(mon|mgr|osd|mds) |radosgw |ganesha\.nfsd /;
  const daemons = (): readonly FoundProcess[] => findOurProcesses(installationId(home.record().installationId)).filter((found) => engineDaemon.test(`${found.commandLine} `) && /-f |-F /.test(found.commandLine));
  const stillThere = (found: FoundProcess): boolean => readProcessStat(found.pid)?.startTicks === found.startTicks;

  afterAll(async () => {
    await endHome(home);
  });

  it(`finishes the same operation with the same daemons when its control plane is killed at ${KILLS} moments [seed=${SEED}]`, async () => {
    const draw = draws(SEED);
    // Counted in finished steps; a later start shows those of the earlier ones again.
    const moments = Array.from({ length: KILLS }, () => 1 + Math.floor(draw() * 50)).toSorted((a, b) => a - b);
    for (const moment of moments) {
      const run = home.start(up);
      let said = "";
      run.child.stderr?.on("data", (chunk: Buffer) => (said += chunk.toString("utf8")));
      await Promise.race([until(`${moment} finished steps`, () => (said.match(/ done /g)?.length ?? 0) >= moment, 300_000), run.ended]);
      const { pid } = home.record();
      expect(pid, `seed=${SEED}: the control plane runs after ${moment} steps\n${said}`).not.toBeNull();
      const before = daemons();
      process.kill(pid ?? 0, "SIGKILL");
      const end = await run.ended;
      expect(end.code, `seed=${SEED}\n${end.stderr}`).not.toBe(0);
      expect(lastJson(end)).toMatchObject({ ready: false, reason: expect.stringContaining("Start again to continue") });
      expect(before.filter((found) => !stillThere(found)).map((found) => found.commandLine), `seed=${SEED}: daemons that ended with the control plane`).toEqual([]);
    }
    const before = daemons();
    const last = home.start(["up", "--rung", "a", "--yes"]);
    await last.untilSays("Ready. Ctrl-C stops everything");
    expect(before.filter((found) => !stillThere(found)).map((found) => found.commandLine), `seed=${SEED}`).toEqual([]);
    const plans = lastJson(await home.run(["plan", "list", "--cluster", "proof-of-concept", "--json"]))["value"] as { properties: { generation: number; status: string } }[];
    // One plan made the cluster; a second one its file system and bucket: nothing was planned twice.
    expect(plans.filter((plan) => plan.properties.generation === 1)).toMatchObject([{ properties: { status: "succeeded" } }]);
    expect(plans.every((plan) => plan.properties.status === "succeeded")).toBe(true);
    expect(lastJson(await home.run(["cluster", "list", "--json"]))["value"]).toHaveLength(1);
    expect(daemons().filter((found) => found.commandLine.includes("ceph-mon"))).toHaveLength(3);
    last.child.kill("SIGINT");
    const end = await last.ended;
    expect(end.code, end.stdout + end.stderr).toBe(0);
    expect(isNothingLeft(home.leftovers())).toBe(true);
  });

  /** Ceph's own dashboard API, unchanged, under our sign-in, roles and audit. */
  const useNativeApi = async (): Promise<(path: string) => Promise<unknown>> => {
    const { url } = home.record();
    const cluster = lastJson(await home.run(["cluster", "show", "proof-of-concept", "--json"]));
    const token = `Bearer ${(await home.run(["login", "--print-token"])).stdout.trim()}`;
    const act = (action: string, body: unknown) => ask(home, { method: "POST", url: `${url}${String(cluster["id"])}/${action}?api-version=2026-12-01`, authorization: token, body });
    const made = await act("createGatewayUser", { userName: "ann" });
    expect(made, JSON.stringify(made)).toMatchObject({ status: 200, body: { name: "ann", secret: expect.any(String) } });
    const { secret, endpoints } = made.body as { secret: string; endpoints: { path: string; hostName: string } }; // just seen
    const native = (method: string, path: string, authorization: string, body?: unknown) => ask(home, { method, url: `${endpoints.path}${path}`, authorization, ...(body === undefined ? {} : { body }) });
    expect(await native("GET", "/pool", token)).toMatchObject({ status: 200, body: expect.arrayContaining([expect.objectContaining({ pool_name: ".mgr" })]) });
    expect(await native("GET", "/rgw/bucket", token)).toMatchObject({ status: 200, body: expect.arrayContaining(["results"]) });
    const flags = (await native("GET", "/osd/flags", token)).body as string[]; // a bare list, as Ceph answers it
    expect(await native("PUT", "/osd/flags", token, { flags: [...flags, "noout"] })).toMatchObject({ status: 200 });
    expect((await native("GET", "/osd/flags", token)).body).toContain("noout");
    expect(await native("PUT", "/osd/flags", token, { flags })).toMatchObject({ status: 200 });
    // Nobody gave this user a role.
    const basic = `Basic ${Buffer.from(`ann:${secret}`).toString("base64")}`;
    expect(await native("GET", "/pool", basic)).toMatchObject({ status: 403 });
    expect(await native("GET", "/pool", "Basic bm9ib2R5OnJlYWxseQ==")).toMatchObject({ status: 401 });
    expect((await home.run(["audit", "list", "--json"])).stdout).toContain("/native/PUT/api/osd/flags");
    await checkParity(cluster, (body) => act("getParity", body));
    await useEngineTypes(`${url}${String(cluster["id"])}`, token);
    return async (path) => (await native("GET", path, token)).body;
  };

  /** The same as types of the cluster: pools, users, buckets and flags through ARM, looked at through both. */
  const useEngineTypes = async (base: string, authorization: string): Promise<void> => {
    const arm = (method: string, path: string, properties?: unknown) => ask(home, { method, url: `${base}/${path}?api-version=2026-12-01`, authorization, ...(properties === undefined ? {} : { body: { properties } }) });
    const listed = async (type: string): Promise<readonly string[]> => ((await arm("GET", type)).body as { value: { name: string }[] }).value.map(({ name }) => name); // a list, or the next line fails
    expect(await listed("cephPool")).toContain(".mgr");
    const made = await arm("PUT", "cephPool/probe", { pool_type: "replicated", pg_num: 8 });
    expect(made, JSON.stringify(made)).toMatchObject({ status: 201, body: { name: "probe" } });
    await expect.poll(async () => (await arm("GET", "cephPool/probe")).status, { timeout: 60_000 }).toBe(200);
    expect(await arm("PUT", "cephRgwUser/probe", { display_name: "Probe" })).toMatchObject({ status: 201, body: { type: "Cynosure.Storage/clusters/cephRgwUser" } });
    expect(await arm("PUT", "cephRgwBucket/probe-bucket", { uid: "probe" })).toMatchObject({ status: 201 });
    expect([await listed("cephRgwUser"), await listed("cephRgwBucket")]).toEqual([expect.arrayContaining(["probe"]), expect.arrayContaining(["probe-bucket"])]);
    // Its keys are for whoever may see the engine's secrets.
    expect(await arm("GET", "cephRgwUser/probe")).toMatchObject({ status: 403 });
    const { flags } = ((await arm("GET", "cephOsdFlags/default")).body as { properties: { flags: string[] } }).properties; // a setting
    expect(await arm("PUT", "cephOsdFlags/default", { flags: [...flags, "noout"] })).toMatchObject({ status: 200, body: { properties: { flags: expect.arrayContaining(["noout"]) } } });
    expect(await arm("PUT", "cephOsdFlags/default", { flags })).toMatchObject({ status: 200 });
    const shown = await home.run(["engine", "proof-of-concept", "list", "pool", "--json"]);
    expect([shown.code, shown.stdout], shown.stderr).toEqual([0, expect.stringContaining('"probe"')]);
    for (const path of ["cephRgwBucket/probe-bucket", "cephRgwUser/probe"]) expect([200, 204]).toContain((await arm("DELETE", path)).status);
    expect(await listed("cephRgwUser")).not.toContain("probe");
  };

  /** Nothing that the running dashboard says it can do is without a place; the cluster is served by what it says. */
  const checkParity = async (cluster: Record<string, unknown>, getParity: (body: unknown) => Promise<{ readonly body: unknown }>): Promise<void> => {
    const { endpoints } = cluster["properties"] as { endpoints: { name: string; address: string; port: number }[] }; // or the next line fails
    const dashboard = endpoints.find(({ name }) => name === "dashboard-1");
    const schema = join(home.dir, "dashboard-openapi.json");
    writeFileSync(schema, await (await fetch(`http://${dashboard?.address}:${dashboard?.port}/docs/openapi.json`)).text());
    const end = await home.run(["parity", "--engine", "ceph", "--schema", schema, "--json"]);
    expect(end.code, end.stdout + end.stderr).toBe(0);
    const totals = lastJson(end);
    expect(totals).toMatchObject({ engine: "ceph", unmapped: 0, fallback: 0 });
    expect(totals["operations"]).toBeGreaterThan(200);
    expect((await getParity({})).body).toMatchObject({ engine: "ceph", documentHash: totals["documentHash"], totals: { operations: totals["operations"], unmapped: 0, fallback: 0 } });
  };

  /** What is made through ARM is what Ceph says of itself, read through its own API. */
  const useSnapshotsAndQuotas = async (seen: (path: string) => Promise<unknown>): Promise<void> => {
    const inCluster = ["--cluster", "proof-of-concept", "--json"];
    const said = async (args: readonly string[], code = 0): Promise<Record<string, unknown>> => {
      const end = await home.run([...args, ...inCluster]);
      expect(end.code, end.stdout + end.stderr).toBe(code);
      return lastJson(end);
    };
    expect(await said(["snapshot", "create", "monday", "--file-system", "home"])).toMatchObject({ name: "monday", properties: { fileSystem: "home", provisioningState: "Succeeded" } });
    expect(await said(["quota", "create", "projects", "--file-system", "home", "--path", "/projects", "--hard-limit-bytes", "5000000", "--file-count-limit", "100"])).toMatchObject({ properties: { provisioningState: "Succeeded" } });

    const [{ id }] = (await seen("/cephfs")) as [{ id: number }]; // the one file system
    const inside = (path: string) => seen(`/cephfs/${id}/ls_dir?depth=1&path=${encodeURIComponent(path)}`) as Promise<{ path: string; snapshots: { name: string }[]; quotas: { max_bytes: number; max_files: number } }[]>;
    const subvolume = (await inside("/volumes/_nogroup")).find(({ path }) => path.includes("/home."));
    expect(subvolume?.snapshots.map(({ name }) => name)).toEqual(["monday"]);
    const [top] = (await inside(subvolume?.path ?? "")).filter(({ path }) => !path.includes("/."));
    expect((await inside(top?.path ?? "")).find(({ path }) => path.endsWith("/projects"))?.quotas).toMatchObject({ max_bytes: 5_000_000, max_files: 100 });

    const refused = await home.run(["filesystem", "delete", "home", ...inCluster]);
    expect([refused.code === 0, refused.stdout + refused.stderr]).toEqual([false, expect.stringMatching(/snapshot monday.*quota projects/)]);
    for (const [noun, name] of [["quota", "projects"], ["snapshot", "monday"]] as const) expect((await home.run([noun, "delete", name, ...inCluster])).code).toBe(0);
    expect((await inside("/volumes/_nogroup")).find(({ path }) => path.includes("/home."))?.snapshots).toEqual([]);
  };

  it("brings the data back after Ctrl-C, and ends with the one line", async () => {
    const end = await home.run(up);
    expect(end.code, end.stderr).toBe(0);
    expect(end.stderr).toMatch(/file on home: 8 MiB written by an earlier run, read through nfs-2 .*: SHA-256 equal/);
    expect(end.stderr).toMatch(/object in results: 8 MiB written by an earlier run, read through s3-2 .*: SHA-256 equal/);
    expect(lastJson(end)).toMatchObject({ ready: true, engine: "ceph", rung: "a", hosts: 8, health: "HEALTH_OK", verified: { nfs: true, s3: true } });
    expect(isNothingLeft(home.leftovers())).toBe(true);
  });

  it("says verified:false and ends with a failure when one stored byte is flipped, then deletes the cluster without a trace", async () => {
    const run = home.start(["up", "--rung", "a", "--yes"], { CYNOSURE_FAULT: "flip-byte" });
    await run.untilSays("SHA-256 DIFFERS");
    const end = await run.ended;
    expect(end.code, end.stderr).toBe(1);
    expect(end.stdout).toContain("does not verify");

    const again = home.start(["up", "--rung", "a", "--yes"]);
    await again.untilSays("Ready. Ctrl-C stops everything");
    // After deliveries, kills, restarts and lies: the last moment at which all of it is still there to be searched.
    const secrets = await gatherSecrets(home.dir);
    expect(Object.keys(secrets).filter((name) => name.includes("keyring")).length).toBeGreaterThan(0);
    expect(await findSecrets({ home: home.dir, databaseUrl: databaseUrlOf(home.dir), secrets })).toEqual([]);
    await useSnapshotsAndQuotas(await useNativeApi());
    const deleted = await home.run(["cluster", "delete", "proof-of-concept", "--json"]);
    expect(deleted.code, deleted.stderr).toBe(0);
    expect(daemons()).toEqual([]);
    expect(home.leftovers().networkNamespaces).toEqual([]);
    expect(readdirSync(join(home.dir, "hosts")).filter((name) => name.startsWith("proof-of-concept"))).toEqual([]);
    again.child.kill("SIGINT");
    expect((await again.ended).code).toBe(0);
    expect(isNothingLeft(home.leftovers())).toBe(true);
  });
});
