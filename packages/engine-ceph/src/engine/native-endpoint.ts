// The way to Ceph's own management API: the manager's dashboard behind the relay that follows the active manager.
// Signs in as the control plane's own user; the password stays here, only tokens that end travel with requests.
import type { EngineCall } from "@cynosure/engine";
import { ControlPlaneError } from "@cynosure/model";
import type { NativeEndpoint } from "@cynosure/native-client";
import { DASHBOARD_PASSWORD_SECRET, DASHBOARD_USER, dashboardEndpoint } from "../layout/names.ts";
import { readVersions, versionedMediaType, type VersionOf } from "./dashboard-versions.ts";

const SIGN_IN_PATH = "/api/auth";
const DOCUMENT_PATH = "/docs/openapi.json";
const TIMEOUT_MS = 8_000;

/** Null until its endpoint is published and its user made. */
export async function nativeEndpoint(call: EngineCall): Promise<NativeEndpoint | null> {
  const published = (await call.publishedEndpoints()).find((endpoint) => endpoint.name === dashboardEndpoint(0));
  const password = await call.vault.readSecret(DASHBOARD_PASSWORD_SECRET);
  if (published === undefined || password === null) return null;
  return signedInEndpoint(`http://${published.address}:${published.port}`, password);
}

/** Token and versions are asked for once and shared by all requests that wait for them. */
export function signedInEndpoint(origin: string, password: string): NativeEndpoint {
  let token: Promise<string> | null = null;
  let versions: Promise<VersionOf> | null = null;
  return {
    origin,
    basePath: "",
    documentPath: DOCUMENT_PATH,
    caPem: null,
    headers: async (isRefused, target) => {
      if (isRefused) token = null;
      // What failed is asked for again by the next request.
      token ??= signIn(origin, password).catch((error: unknown) => {
        token = null;
        throw error;
      });
      const authorization = { Authorization: `Bearer ${await token}` };
      if (target === undefined) return authorization;
      versions ??= readDocument(origin).catch((error: unknown) => {
        versions = null;
        throw error;
      });
      return { ...authorization, Accept: versionedMediaType((await versions)(target.method, target.path)) };
    },
  };
}

async function signIn(origin: string, password: string): Promise<string> {
  const body = JSON.stringify({ username: DASHBOARD_USER, password });
  const answer = await ask(origin, SIGN_IN_PATH, { method: "POST", headers: { Accept: versionedMediaType("1.0"), "Content-Type": "application/json" }, body });
  const { token } = (answer ?? {}) as { token?: unknown }; // checked on the next line
  if (typeof token !== "string") throw new ControlPlaneError("ServiceUnavailable", `Ceph's dashboard at ${origin} answered a sign-in without a token. Try again; if it stays, look at the managers' logs.`);
  return token;
}

const readDocument = async (origin: string): Promise<VersionOf> => readVersions(await ask(origin, DOCUMENT_PATH, {}));

async function ask(origin: string, path: string, init: RequestInit): Promise<unknown> {
  let answer: Response;
  try {
    answer = await fetch(`${origin}${path}`, { ...init, redirect: "error", signal: AbortSignal.timeout(TIMEOUT_MS) });
  } catch (error) {
    throw new ControlPlaneError("ServiceUnavailable", `Ceph's dashboard at ${origin} does not answer: no manager may be active at the moment. Try again in some seconds.`, { cause: error });
  }
  if (answer.ok) return answer.json();
  await answer.body?.cancel();
  throw new ControlPlaneError("ServiceUnavailable", `Ceph's dashboard at ${origin} answered ${path} with ${answer.status}. Try again; if it stays, see that its user ${DASHBOARD_USER} exists, is enabled and has the password it was made with.`);
}
