// The engine vendor's own clients for Python, vastpy and vast-admin-mcp, unmodified, through the native gateway over TLS. They are
// installed into a scratch directory for the run, and go with it.
import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import https from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createLoopbackCertificate } from "@cynosure/http-server/testkit";
import { openGatewayRig, openSmallEngine } from "@cynosure/native-gateway/testkit";
import type { GatewayRig, SmallEngine } from "@cynosure/native-gateway/testkit";
import { afterAll, beforeAll, expect, it } from "vitest";
import { describeWhen } from "../require.ts";
import { plainEnvironment } from "./support/product.ts";
import { installPythonClients, interpreterIn } from "./support/python-clients.ts";

const here = join(import.meta.dirname, "vast");
const RUN_MS_MAX = 120_000;
const scratch = mkdtempSync(join(tmpdir(), "cynosure-vast-"));
const interpreter = interpreterIn(scratch);
const missing = await installPythonClients("vastpy and vast-admin-mcp", join(here, "requirements.txt"), scratch);
if (missing !== null) rmSync(scratch, { recursive: true, force: true });

describeWhen(missing, "the engine vendor's clients", () => {
  let engine: SmallEngine;
  let rig: GatewayRig;
  beforeAll(async () => {
    const { keyPem, certificatePem } = await createLoopbackCertificate({ names: ["127.0.0.1"], nowMs: Date.now(), validDays: 2 });
    engine = await openSmallEngine();
    rig = await openGatewayRig({ origin: engine.origin, createServer: (listener) => https.createServer({ key: keyPem, cert: certificatePem }, listener) });
    rig.granted.add("*");
  });
  afterAll(async () => {
    rmSync(scratch, { recursive: true, force: true });
    await rig.close();
    await engine.close();
  });

  it("list, page, create, change, measure and delete, and are told what they may not", async () => {
    const home = join(scratch, "home");
    mkdirSync(home);
    const env = { ...plainEnvironment(), HOME: home, GATEWAY_ADDRESS: `127.0.0.1:${rig.port}/clusters/${rig.gatewayId}`, GATEWAY_USER: rig.user.name, GATEWAY_SECRET: rig.user.secret };
    const said = await new Promise<string>((resolve, reject) => {
      execFile(interpreter, [join(here, "drive.py")], { env, timeout: RUN_MS_MAX }, (error, stdout, stderr) => (error === null ? resolve(stdout) : reject(new Error(`${stderr}\n${stdout}`, { cause: error }))));
    });
    const measured = ["data", "object_ids", "prop_list"];
    expect(said.trimEnd().split("\n").map((line) => JSON.parse(line) as unknown)).toEqual([
      { step: "empty", views: [] },
      { step: "create", name: "home", path: "/home" },
      { step: "list", names: ["home"] },
      { step: "page", page: ["home"] },
      { step: "patch", alias: "/h" },
      { step: "metrics", answer: measured },
      { step: "delete", names: [] },
      { step: "dangerous", status: 403 },
      { step: "stranger", status: 401 },
      { step: "mcp login", type: "SUPER_ADMIN" },
      { step: "mcp list", names: ["mcp"] },
      { step: "mcp patch", alias: "/m" },
      { step: "mcp metrics", answer: measured },
      { step: "mcp delete", names: [] },
    ]);
    expect(rig.audited.map(({ action }) => action.split("/").slice(-2).join("/"))).toEqual(["vastViews/write", "vastViews/write", "vastViews/delete", "vastViews/write", "vastViews/write", "vastViews/delete"]);
    expect(rig.errors).toEqual([]);
  });
});
