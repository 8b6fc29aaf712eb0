// Setting up the dashboard over a scripted channel: what the monitors are told, and what is left as it is.
import { compare } from "bcryptjs";
import { describe, expect, it } from "vitest";
import { answerCommands, away, commandsOf, scriptedCall, type ScriptedCall } from "../testkit/scripted-call.ts";
import { createCephEngine } from "./ceph-engine.ts";

const engine = createCephEngine();
const ACTION = "ceph.dashboard";
const ENOENT = { rc: -2, status: "no such key" };

const fresh = (): ScriptedCall =>
  scriptedCall(answerCommands((command) => (command["prefix"] === "config-key get" ? ENOENT : command["prefix"] === "mgr module ls" ? JSON.stringify({ enabled_modules: ["iostat"] }) : "")));

const told = (scripted: ScriptedCall, prefix: string): Readonly<Record<string, unknown>>[] => scripted.sent.flatMap(commandsOf).filter((command) => command["prefix"] === prefix);

describe("setting up the dashboard", () => {
  it("has each manager listen on its own address, in plain HTTP, and a standby say that it does not serve", async () => {
    const scripted = fresh();
    expect((await engine.perform(scripted.call, scripted.action(ACTION))).kind).toBe("done");
    const options = Object.fromEntries(told(scripted, "config set").map((command) => [command["name"], command["value"]]));
    const managers = scripted.call.layout.endpoints.filter((endpoint) => endpoint.protocol === "http").map(({ hostId }) => hostId);
    expect(managers).toHaveLength(2);
    expect(options).toMatchObject({
      "mgr/dashboard/ssl": "false",
      "mgr/dashboard/server_port": "8080",
      "mgr/dashboard/standby_behaviour": "error",
      "mgr/dashboard/standby_error_status_code": "503",
      ...Object.fromEntries(managers.map((host) => [`mgr/dashboard/${host}/server_addr`, scripted.call.addresses[host]])),
    });
    expect(told(scripted, "config set").every((command) => command["force"] === true)).toBe(true);
  });
  it("makes the user's password once, in the vault, and tells the cluster its hash alone", async () => {
    const scripted = fresh();
    await engine.perform(scripted.call, scripted.action(ACTION));
    const password = scripted.vault.secrets.get("ceph/dashboard/password") ?? "";
    expect(password.length).toBe(40);
    expect(JSON.stringify(scripted.sent)).not.toContain(password);
    const [stored] = told(scripted, "config-key set");
    const { users } = JSON.parse(String(stored?.["val"])) as { users: Record<string, { password: string; roles: string[] }> }; // the module's own format, written by the engine under test
    expect(users["cynosure"]?.roles).toEqual(["administrator"]);
    expect(await compare(password, users["cynosure"]?.password ?? "")).toBe(true);
    await engine.perform(scripted.call, scripted.action(ACTION));
    expect(scripted.vault.secrets.get("ceph/dashboard/password")).toBe(password);
  });
  it("switches the module on where it is off", async () => {
    const scripted = fresh();
    await engine.perform(scripted.call, scripted.action(ACTION));
    expect(told(scripted, "mgr module enable")).toEqual([{ prefix: "mgr module enable", module: "dashboard", force: "--force" }]);
  });
  it("leaves the users of a module that has some, and a module that is on", async () => {
    const scripted = scriptedCall(answerCommands((command) => (command["prefix"] === "config-key get" ? "{}" : command["prefix"] === "mgr module ls" ? JSON.stringify({ enabled_modules: ["dashboard"] }) : "")));
    expect((await engine.perform(scripted.call, scripted.action(ACTION))).kind).toBe("done");
    expect([told(scripted, "config-key set"), told(scripted, "mgr module enable")]).toEqual([[], []]);
  });
  it("waits while no monitor answers, and fails with Ceph's words when Ceph refuses", async () => {
    const silent = scriptedCall(() => away);
    expect((await engine.perform(silent.call, silent.action(ACTION))).kind).toBe("waiting");
    const refusing = scriptedCall(answerCommands(() => ({ rc: -22, status: "unrecognized option" })));
    expect(await engine.perform(refusing.call, refusing.action(ACTION))).toMatchObject({ kind: "failed", error: { code: "CephCommandFailed", message: expect.stringContaining("unrecognized option") } });
  });
});
