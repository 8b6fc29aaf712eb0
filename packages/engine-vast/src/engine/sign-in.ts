// Signing in to a management server. `takeOver` is the first thing done to a new one: its first user's password, which the
// vendor documents, becomes a generated one that only the vault holds.
import { randomBytes } from "node:crypto";
import type { EngineCall } from "@cynosure/engine";
import { ControlPlaneError, doneVoid, failed, type StepResult } from "@cynosure/model";
import { createNativeClient, type NativeEndpoint } from "@cynosure/native-client";
import { MANAGER_PASSWORD_SECRET } from "../layout/names.ts";
import type { ManagementServer } from "./management-server.ts";
import { asRow } from "./rows.ts";
import { VmsRefusal } from "./vms.ts";

export const BASE_PATH = "/api/latest";
/** Tokens are asked for outside any version of the API. */
const TOKEN_BASE_PATH = "/api";
const PASSWORD_BYTES = 30;

export interface User {
  readonly username: string;
  readonly password: string;
}

/** The ending is for servers that want a letter of each kind. */
export const createPassword = (): string => `${randomBytes(PASSWORD_BYTES).toString("base64url")}-aA1`;

const basic = ({ username, password }: User): string => `Basic ${Buffer.from(`${username}:${password}`).toString("base64")}`;

/** One request by name and password, on a connection of its own. */
async function sendAs(server: ManagementServer, user: User, request: { readonly method: string; readonly path: string; readonly json?: unknown }): Promise<number> {
  const client = createNativeClient({ endpoint: { ...server, basePath: BASE_PATH, headers: () => Promise.resolve({ Authorization: basic(user) }) } });
  try {
    const answer = await client.send({ ...request, isRepeatable: false });
    if (answer.status >= 200 && answer.status < 300) return answer.status;
    if (answer.status === 401 || answer.status === 403) return answer.status;
    throw new VmsRefusal(request, answer);
  } finally {
    await client.close();
  }
}

const isTaken = async (server: ManagementServer, user: User): Promise<boolean> => (await sendAs(server, user, { method: "GET", path: "/login/" })) < 300;

/** The password is sealed before it is set: a crash in between leaves one of two that are both known. */
export async function takeOver(server: ManagementServer, { vault, clusterKey }: EngineCall, firstUser: User): Promise<StepResult> {
  const password = await vault.ensureSecret(MANAGER_PASSWORD_SECRET, createPassword);
  const own: User = { username: firstUser.username, password };
  if (await isTaken(server, own)) return doneVoid;
  if ((await sendAs(server, firstUser, { method: "PATCH", path: "/managers/password", json: { password } })) >= 300) {
    return failed("ManagementServerNotOurs", `The management server at ${server.origin} takes neither its first password nor the one kept for ${clusterKey}: somebody has changed it. Set the password of ${firstUser.username} back to the vendor's first one, then write the cluster again.`);
  }
  return (await isTaken(server, own)) ? doneVoid : failed("PasswordNotTaken", `The management server at ${server.origin} took a new password of ${firstUser.username} and does not let it sign in. See its log.`);
}

/** Signs in as the first user with the sealed password; only tokens that end travel with requests. */
export function signedInEndpoint(server: ManagementServer, user: User): NativeEndpoint {
  let token: Promise<string> | null = null;
  return {
    ...server,
    basePath: BASE_PATH,
    documentPath: "/?format=openapi",
    headers: async (isRefused) => {
      if (isRefused) token = null;
      // What failed is asked for again by the next request.
      token ??= askForToken(server, user).catch((error: unknown) => {
        token = null;
        throw error;
      });
      return { Authorization: `Bearer ${await token}` };
    },
  };
}

async function askForToken(server: ManagementServer, user: User): Promise<string> {
  const client = createNativeClient({ endpoint: { ...server, basePath: TOKEN_BASE_PATH, headers: () => Promise.resolve({}) } });
  try {
    const answer = await client.send({ method: "POST", path: "/token/", json: user });
    const { access } = asRow(answer.body);
    if (answer.status === 200 && typeof access === "string") return access;
    throw new ControlPlaneError("ServiceUnavailable", `The management server at ${server.origin} answered a sign-in of ${user.username} with ${answer.status}. See that this user is enabled and has the password it was given when the cluster was born.`);
  } finally {
    await client.close();
  }
}
