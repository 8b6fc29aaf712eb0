// Setting up the manager's dashboard module: address per manager, the control plane's own user, the module itself.
// Told to the monitors, so it may come before a manager runs (which then finds all of it at its first look) as well
// as on a living cluster, whose managers start anew once when the module was not on.
import { randomBytes } from "node:crypto";
import { hash } from "bcryptjs";
import type { EngineCall } from "@cynosure/engine";
import { doneVoid, failed, type EngineAction, type StepResult } from "@cynosure/model";
import { parseDashboard } from "../layout/action-params.ts";
import { DASHBOARD_PASSWORD_SECRET, DASHBOARD_USER } from "../layout/names.ts";
import { awaitAnswer, commandFailure, monCommands, parseJson, type MonCommand } from "./cluster-link.ts";

/** Where the module keeps its users; the format is its second, the one of Ceph 16 to 18. */
const USERS_KEY = "mgr/dashboard/accessdb_v2";
const USERS_VERSION = 2;
const PASSWORD_BYTES = 30;
/** The least bcrypt allows: stretching protects passwords people choose, not 240 random bits, and every sign-in pays for it in the manager. */
const HASH_ROUNDS = 4;
const ENOENT = -2;

export const createDashboardPassword = (): string => randomBytes(PASSWORD_BYTES).toString("base64url");

// Before a manager has told its options the monitors know none of them: "force" has them stored all the same.
const setOption = (name: string, value: string): MonCommand => ({ command: { prefix: "config set", who: "mgr", name: `mgr/dashboard/${name}`, value, force: true } });

export async function ensureDashboard(call: EngineCall, action: EngineAction): Promise<StepResult> {
  const { managers, port } = parseDashboard(action.params);
  const commands: MonCommand[] = [
    setOption("ssl", "false"),
    setOption("server_port", String(port)),
    // Relays look for the manager that serves: a standby must say plainly that it does not. Redirects of writes help nobody.
    setOption("standby_behaviour", "error"),
    setOption("standby_error_status_code", "503"),
  ];
  for (const host of managers) {
    const address = call.addresses[host];
    if (address === undefined) return failed("MissingAddress", `${host} has no address on the cluster network; its manager cannot be told where to listen`);
    commands.push(setOption(`${host}/server_addr`, address));
  }
  const answer = await monCommands(call, commands);
  if (!answer.ok) return awaitAnswer(answer, "monitors to answer");
  return commandFailure(commands, answer.value) ?? (await ensureUser(call)) ?? enableModule(call);
}

/** Null when the module has its users. They are the module's own once it has any: people may have changed them. */
async function ensureUser(call: EngineCall): Promise<StepResult | null> {
  const look: MonCommand[] = [{ command: { prefix: "config-key get", key: USERS_KEY } }];
  const seen = await monCommands(call, look);
  if (!seen.ok) return awaitAnswer(seen, "monitors to answer");
  if (seen.value[0]?.rc !== ENOENT) return commandFailure(look, seen.value);
  const password = await call.vault.ensureSecret(DASHBOARD_PASSWORD_SECRET, createDashboardPassword);
  const user = { username: DASHBOARD_USER, password: await hash(password, HASH_ROUNDS), roles: ["administrator"], name: null, email: null, lastUpdate: 0, enabled: true, pwdExpirationDate: null, pwdUpdateRequired: false };
  const store: MonCommand[] = [{ command: { prefix: "config-key set", key: USERS_KEY, val: JSON.stringify({ users: { [DASHBOARD_USER]: user }, roles: {}, version: USERS_VERSION }) } }];
  const answer = await monCommands(call, store);
  return answer.ok ? commandFailure(store, answer.value) : awaitAnswer(answer, "monitors to answer");
}

async function enableModule(call: EngineCall): Promise<StepResult> {
  const look: MonCommand[] = [{ command: { prefix: "mgr module ls", format: "json" } }];
  const seen = await monCommands(call, look);
  if (!seen.ok) return awaitAnswer(seen, "monitors to answer");
  const refused = commandFailure(look, seen.value);
  if (refused !== null) return refused;
  const { enabled_modules: enabled } = (parseJson(seen.value[0]?.out) ?? {}) as { enabled_modules?: readonly string[] }; // Ceph's documented listing
  if (enabled?.includes("dashboard") === true) return doneVoid;
  const enable: MonCommand[] = [{ command: { prefix: "mgr module enable", module: "dashboard", force: "--force" } }];
  const answer = await monCommands(call, enable);
  return answer.ok ? (commandFailure(enable, answer.value) ?? doneVoid) : awaitAnswer(answer, "monitors to answer");
}
