// The engine vendor's own clients for Python, vastpy and vast-admin-mcp, unmodified, through the native gateway over TLS to the
// emulator of the vendor's management server, where the gateway signs in with an account of its own. They are installed into a
// scratch directory for the run, and go with it.
import { execFile } from "node:child_process";
import https from "node:https";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createLoopbackCertificate } from "@cynosure/http-server/testkit";
import { createNativeClient } from "@cynosure/native-client";
import { openGatewayRig } from "@cynosure/native-gateway/testkit";
import type { GatewayRig } from "@cynosure/native-gateway/testkit";
import { startVmsEmulator } from "@cynosure/vms-emulator";
import type { VmsEmulator } from "@cynosure/vms-emulator";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { describeWhen } from "../require.ts";
import { plainEnvironment } from "./support/product.ts";
import { installPythonClients, interpreterIn } from "./support/python-clients.ts";

const here = join(import.meta.dirname, "vast");
const RUN_MS_MAX = 180_000;
const TOKEN_LIFETIME_MS = 3_600_000;
const scratch = mkdtempSync(join(tmpdir(), "cynosure-vast-"));
const interpreter = interpreterIn(scratch);
const missing = await installPythonClients("vastpy and vast-admin-mcp", join(here, "requirements.txt"), scratch);
if (missing !== null) rmSync(scratch, { recursive: true, force: true });

describeWhen(missing, "the engine vendor's clients", () => {
  const account = { username: "gateway", password: "engine-side-only" };
  let emulator: VmsEmulator;
  let rig: GatewayRig;
  let clockAheadMs = 0;
  let signIns = 0;

  beforeAll(async () => {
    const { keyPem, certificatePem } = await createLoopbackCertificate({ names: ["127.0.0.1"], nowMs: Date.now(), validDays: 2 });
    emulator = await startVmsEmulator({ users: [{ ...account, userType: "SUPER_ADMIN" }], installedCluster: "sample", nowMs: () => Date.now() + clockAheadMs });
    const { origin, certificatePem: caPem } = emulator;
    const door = createNativeClient({ endpoint: { origin, basePath: "/api", caPem, headers: () => Promise.resolve({}) } });
    const signIn = async (): Promise<string> => {
      const { body } = await door.send({ method: "POST", path: "/token/", json: account });
      signIns += 1;
      return `Bearer ${(body as { readonly access: string }).access}`; // what the emulator answers a sign-in that is right
    };
    let authorization: string | null = null;
    const headers = async (isRefused: boolean): Promise<Record<string, string>> => ({ authorization: (authorization = isRefused || authorization === null ? await signIn() : authorization) });
    rig = await openGatewayRig({ origin, caPem, headers, createServer: (listener) => https.createServer({ key: keyPem, cert: certificatePem }, listener) });
    rig.granted.add("*");
  });
  afterAll(async () => {
    rmSync(scratch, { recursive: true, force: true });
    await rig.close();
    await emulator.close();
  });
  beforeEach(() => {
    rig.audited.length = 0;
  });

  /** The steps that a program of this directory tells of. */
  async function drive(program: string): Promise<unknown[]> {
    const home = join(scratch, program);
    mkdirSync(home);
    const env = { ...plainEnvironment(), HOME: home, GATEWAY_ADDRESS: `127.0.0.1:${rig.port}/clusters/${rig.gatewayId}`, GATEWAY_USER: rig.user.name, GATEWAY_SECRET: rig.user.secret };
    const said = await new Promise<string>((resolve, reject) => {
      execFile(interpreter, [join(here, program)], { env, timeout: RUN_MS_MAX }, (error, stdout, stderr) => (error === null ? resolve(stdout) : reject(new Error(`${stderr}\n${stdout}`, { cause: error }))));
    });
    return said.trimEnd().split("\n").map((line) => JSON.parse(line) as unknown);
  }

  const audited = (): string[] => rig.audited.map(({ action }) => action.split("/").slice(-2).join("/"));

  it("vastpy lists, pages, creates, changes, measures and deletes, and is told what it may not", async () => {
    const views = `https://127.0.0.1:${rig.port}/clusters/${rig.gatewayId}/api/latest/views/`;
    expect(await drive("drive_vastpy.py")).toEqual([
      { step: "clusters", names: [["sample", "ONLINE"]] },
      { step: "empty", views: [] },
      { step: "create", name: "home", path: "/home", link: `${views}1/` },
      { step: "list", names: ["home", "work"] },
      { step: "page", count: 2, names: ["home"], next: `${views}?page=2&page_size=1` },
      { step: "filter", names: ["work"] },
      { step: "patch", alias: "/h", kept: "/h" },
      { step: "metrics", columns: ["timestamp", "object_id", "ProtoMetrics,proto_name=ProtoCommon,iops"], row: ["str", "int", "int"] },
      { step: "taken", status: 400 },
      { step: "delete", names: [] },
      { step: "gone", status: 404 },
      { step: "dangerous", status: 403 },
      { step: "stranger", status: 401 },
    ]);
    expect(audited()).toEqual(["vastViews/write", "vastViews/write", "vastViews/write", "vastViews/write", "vastViews/delete", "vastViews/delete"]);
    expect(signIns).toBe(1);
    expect(rig.errors).toEqual([]);
  });

  it("vast-admin-mcp lists, creates, changes, measures and deletes for an assistant, over a new sign-in of the gateway", async () => {
    const before = signIns;
    clockAheadMs += 2 * TOKEN_LIFETIME_MS;
    expect(await drive("drive_assistant.py")).toEqual([
      { step: "list clusters", clusters: [["sample", "ONLINE"]] },
      { step: "create", views: [["default", "/mcp", ["NFS"]]] },
      { step: "list quotas", quotas: [["/mcp", "10.00 GB", "OK"]] },
      { step: "patch", alias: "/m" },
      { step: "metrics of the cluster", metrics: ["All Protocols"], columns: ["BW Max", "IOPS Max", "LATENCY Max"] },
      { step: "metrics of views", metrics: { "/mcp": ["Read", "Write"] } },
      { step: "delete", views: [] },
    ]);
    expect(audited()).toEqual(["vastViews/write", "vastQuotas/write", "vastViews/write", "vastViews/delete"]);
    expect(signIns).toBe(before + 1);
    expect(rig.errors).toEqual([]);
  });
});
