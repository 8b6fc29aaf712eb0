// What tests of trusted issuers share: issuers that end with the test, one clock, and the verifier as composed.
import type { RequestPrincipal } from "@cynosure/arm-protocol";
import { ControlPlaneError } from "@cynosure/model";
import { createTokenIssuer, generateSigningKeyPem } from "../token-issuer.ts";
import { createTokenVerifier } from "../token-verifier.ts";
import { parseTrustedIssuers } from "../trusted-issuer-config.ts";
import { createTrustedIssuers } from "../trusted-issuers.ts";
import { startTestIssuer } from "./test-issuer.ts";
import type { TestIssuer, TestIssuerOptions } from "./test-issuer.ts";

export const TENANT = "00000000-0000-4000-8000-0000000000aa";
export const OTHER_TENANT = "00000000-0000-4000-8000-0000000000bb";
export const PERSON = "11111111-1111-4111-8111-111111111111";
export const OURS = "22222222-2222-4222-8222-222222222222";
export const AUDIENCE = "https://cynosure.example/";

export const clock = { nowMs: Date.parse("2026-12-01T00:00:00Z"), now: () => clock.nowMs, sleep: () => Promise.resolve() };
export const nowSeconds = (): number => Math.floor(clock.nowMs / 1000);
const running: TestIssuer[] = [];
/** For `afterEach`. */
export const stopAll = async (): Promise<void> => {
  await Promise.all(running.splice(0).map((issuer) => issuer.stop()));
};

export async function start(change: Partial<TestIssuerOptions> = {}): Promise<TestIssuer> {
  const issuer = await startTestIssuer({ audience: AUDIENCE, nowSeconds, ...change });
  running.push(issuer);
  return issuer;
}

export interface Trust {
  verify(token: string): Promise<RequestPrincipal>;
  ours(): Promise<string>;
  readonly troubles: string[];
}

export async function trust(issuers: readonly (TestIssuer | { readonly of: TestIssuer; readonly more: Readonly<Record<string, unknown>> })[], settings: Readonly<Record<string, unknown>> = {}): Promise<Trust> {
  const troubles: string[] = [];
  const files = new Map<string, string>();
  const written = issuers.map((each, index) => {
    const { of, more } = "of" in each ? each : { of: each, more: {} };
    files.set(`ca-${index}.pem`, of.caPem);
    return { issuer: of.issuer, tenantId: TENANT, audiences: [AUDIENCE], caFile: `ca-${index}.pem`, ...more };
  });
  const config = parseTrustedIssuers(JSON.stringify({ issuers: written, ...settings }), (path) => files.get(path) ?? "");
  const trusted = createTrustedIssuers({ config, clock, onTrouble: (what) => troubles.push(what) });
  const issuer = await createTokenIssuer({ signingKeyPem: generateSigningKeyPem(), tenantId: TENANT, issuer: "https://127.0.0.1:1/adfs", audiences: [AUDIENCE], lifetimeSeconds: 600, clock });
  const verifier = createTokenVerifier({ issuer, trusted, isLiving: (id) => Promise.resolve(id === OURS), tenantId: TENANT });
  return { verify: (token) => verifier.verify(token), ours: async () => (await issuer.issue({ id: OURS, type: "Application", displayName: "ours" }, AUDIENCE)).accessToken, troubles };
}

export const codeOf = async (work: Promise<unknown>): Promise<string> => {
  try {
    await work;
    return "accepted";
  } catch (error) {
    return error instanceof ControlPlaneError ? error.code : `not ours: ${String(error)}`;
  }
};
