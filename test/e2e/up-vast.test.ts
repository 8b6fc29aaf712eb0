// The VAST engine as a user has it: an emulated management server per cluster, whose API the engine and the native gateway
// speak. Nothing here is a claim about a real system.
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { isNothingLeft } from "@cynosure/machine";
import { createHome, lastJson } from "./support/cynosure.ts";
import { ask, type NativeAnswer } from "./support/native-api.ts";
import { databaseUrlOf, findSecrets, gatherSecrets } from "./support/find-secrets.ts";

const home = createHome();
afterAll(async () => {
  await home.endCommands();
  home.remove();
});

const up = ["up", "--engine", "vast"];
const end = [...up, "--exit-when-ready", "--json", "--yes"];
const NAME = "proof-of-concept";
const emulators = (): readonly string[] => (existsSync(join(home.dir, "emulated-vms")) ? readdirSync(join(home.dir, "emulated-vms")) : []);
const show = async (): Promise<Readonly<Record<string, unknown>>> => lastJson(await home.run(["cluster", "show", NAME, "--json"]));

interface Native {
  readonly token: string;
  readonly base: string;
  send(method: string, path: string, body?: unknown): Promise<NativeAnswer>;
}

async function native(): Promise<Native> {
  const token = `Bearer ${(await home.run(["login", "--print-token"])).stdout.trim()}`;
  const list = await ask(home, { method: "POST", url: `${home.record().url}${String((await show())["id"])}/listGatewayUsers?api-version=2026-12-01`, authorization: token, body: {} });
  const { endpoints } = list.body as { endpoints: { path: string } }; // of every cluster, by the contract
  const base = `${endpoints.path.replace(/\/api.*$/, "")}/api/latest`;
  return { token, base, send: (method, path, body) => ask(home, { method, url: `${base}${path}`, authorization: token, ...(body === undefined ? {} : { body }) }) };
}

const pathsOf = ({ body }: NativeAnswer): readonly string[] => (Array.isArray(body) ? body.map((row: { path?: unknown }) => String(row.path)).sort() : []);

/** What is made through the contract is what the engine says of itself, and the same object among the engine's own types. */
async function useSnapshotsAndQuotas(api: Native): Promise<void> {
  const inCluster = ["--cluster", NAME, "--json"];
  const said = async (...args: readonly string[]): Promise<Readonly<Record<string, unknown>>> => {
    const ended = await home.run([...args, ...inCluster]);
    expect(ended.code, ended.stdout + ended.stderr).toBe(0);
    return lastJson(ended);
  };
  const seen = async (collection: string): Promise<unknown> => (await api.send("GET", `/${collection}/`)).body;
  expect(await said("snapshot", "create", "monday", "--file-system", "home")).toMatchObject({ name: "monday", properties: { fileSystem: "home", provisioningState: "Succeeded" } });
  expect(await said("quota", "create", "projects", "--file-system", "home", "--path", "/projects", "--hard-limit-bytes", "5000000", "--file-count-limit", "100")).toMatchObject({ properties: { provisioningState: "Succeeded" } });
  expect(await seen("snapshots")).toMatchObject([{ name: "home.monday", path: "/file-systems/home" }]);
  expect(await seen("quotas")).toEqual(expect.arrayContaining([expect.objectContaining({ path: "/file-systems/home/projects", hard_limit: 5_000_000, hard_limit_inodes: 100 })]));
  const projected = await home.run(["engine", NAME, "show", "vastQuotas", "home.projects", "--json"]);
  expect(lastJson(projected), projected.stderr).toMatchObject({ properties: { path: "/file-systems/home/projects", hard_limit: 5_000_000 } });

  const refused = await home.run(["filesystem", "delete", "home", ...inCluster]);
  expect([refused.code === 0, refused.stdout + refused.stderr]).toEqual([false, expect.stringMatching(/snapshot monday.*quota projects/)]);
  for (const [noun, name] of [["quota", "projects"], ["snapshot", "monday"]] as const) expect((await home.run([noun, "delete", name, ...inCluster])).code).toBe(0);
  expect([await seen("snapshots"), await seen("quotas")]).toMatchObject([[], [{ path: "/file-systems/home" }]]);
}

describe("cynosure up --engine vast", () => {
  it("ends with the one line, EMULATED on every result, and nothing left running", async () => {
    const ended = await home.run(end);
    expect(ended.code, ended.stderr).toBe(0);
    expect(lastJson(ended)).toMatchObject({ ready: true, engine: "vast", isEmulated: true, rung: "d", hosts: 8, health: "HEALTH_OK", verified: { nfs: null, s3: null } });
    for (const result of ended.stderr.split("\n").filter((each) => /HEALTH_|\d MB\/s|Sizing|Plan \d|Endpoints|done {4}|Verification/.test(each))) expect(result).toMatch(/^(\d\d:\d\d )?EMULATED/);
    expect(ended.stderr).toContain("EMULATED Endpoints of proof-of-concept");
    expect(isNothingLeft(home.leftovers())).toBe(true);
    expect(emulators()).toHaveLength(1);
  });

  it("does not take a cluster of one engine for one of another", async () => {
    const ended = await home.run(["up", "--engine", "simulated", "--exit-when-ready", "--json", "--yes"]);
    expect(ended.code, ended.stderr).toBe(4);
    expect(lastJson(ended)).toMatchObject({ ready: false, reason: expect.stringContaining("is there with the engine vast, and simulated was asked for") });
    const left = home.leftovers();
    expect(isNothingLeft(left), JSON.stringify(left)).toBe(true);
  });

  it("comes back with it, serves its own API through the gateway, keeps what was made there over restarts and a kill, and leaves nothing once it is deleted", async () => {
    let started = home.start(up);
    await started.untilSays("Ready. Ctrl-C stops everything");
    expect(await show()).toMatchObject({ properties: { provisioningState: "Succeeded", engine: "vast", isEmulated: true, isSimulated: true } });
    let api = await native();
    // What the engine made of the requirement, then one more of ours.
    expect(pathsOf(await api.send("GET", "/views/"))).toEqual(["/buckets/results", "/file-systems/home"]);
    const made = await api.send("POST", "/views/", { path: "/scratch", policy_id: 1, create_dir: true, protocols: ["NFS"] });
    expect(made, JSON.stringify(made)).toMatchObject({ status: 201, body: { path: "/scratch" } });
    expect((await home.run(["audit", "list", "--json"])).stdout).toContain("/native/POST/api/latest/views");
    await useSnapshotsAndQuotas(api);
    // Of the first password nothing is left: the vendor's signs in nowhere.
    expect(await ask(home, { method: "GET", url: `${api.base}/views/`, authorization: `Basic ${Buffer.from("admin:123456").toString("base64")}` })).toMatchObject({ status: 401 });
    const gathered = await gatherSecrets(home.dir);
    const keys = JSON.parse(gathered["vault vast-s3-keys"] ?? "{}") as { secretAccessKey?: string }; // written by the engine
    const secrets: Readonly<Record<string, string>> = { ...gathered, "S3 secret": keys.secretAccessKey ?? "" };
    for (const name of ["vault vast-manager-password", "S3 secret"] as const) expect(secrets[name]?.length, name).toBeGreaterThan(30);
    expect(await findSecrets({ home: home.dir, databaseUrl: databaseUrlOf(home.dir), secrets })).toEqual([]);
    started.child.kill("SIGINT");
    expect((await started.ended).code).toBe(0);
    expect(isNothingLeft(home.leftovers())).toBe(true);

    started = home.start(up);
    await started.untilSays("Ready. Ctrl-C stops everything");
    process.kill(home.record().pid ?? 0, "SIGKILL");
    await started.untilSays("Control plane is ready again");
    api = await native();
    expect(pathsOf(await api.send("GET", "/views/"))).toContain("/scratch");

    const gone = await home.run(["cluster", "delete", NAME, "--json"]);
    expect(gone.code, gone.stderr).toBe(0);
    expect(emulators()).toEqual([]);
    expect(home.leftovers().processes.filter((each) => each.commandLine.includes("vms-emulator"))).toEqual([]);
    started.child.kill("SIGINT");
    expect((await started.ended).code).toBe(0);
    expect(isNothingLeft(home.leftovers())).toBe(true);
  });

  it("refuses a rung with other hosts, before it starts anything", async () => {
    const ended = await home.run([...end, "--rung", "a"]);
    expect(ended.code).toBe(2);
    expect(ended.stderr).toContain("--engine vast runs on simulated hosts");
  });
});
