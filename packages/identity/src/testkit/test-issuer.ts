// An OIDC issuer on the loopback for tests: real TLS, real keys, and every lie an issuer can tell.
import { generateKeyPairSync } from "node:crypto";
import type { KeyObject } from "node:crypto";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { createLoopbackCertificate } from "@cynosure/http-server/testkit";
import { SignJWT, exportJWK } from "jose";
import type { JWK, JWTPayload } from "jose";

type Algorithm = "RS256" | "PS256" | "ES256" | "ES384";

export interface TestIssuer {
  readonly issuer: string;
  readonly caPem: string;
  readonly kid: string;
  /** Claims and header besides what makes a good token; `undefined` leaves one out. */
  sign(claims?: JWTPayload, header?: Readonly<Record<string, unknown>>): Promise<string>;
  /** A new key; the old ones are published on unless `keepsOld` is false. */
  rotate(options?: { keepsOld?: boolean }): Promise<void>;
  /** Answers this instead of its discovery document's members. */
  readonly lies: Record<string, unknown>;
  /** How it answers; "slow" never ends its answer. */
  mode: "good" | "error" | "slow" | "huge" | "notJson" | "redirect";
  readonly publicKey: KeyObject;
  /** Documents asked for so far. */
  readonly askedCount: () => number;
  stop(): Promise<void>;
}

export interface TestIssuerOptions {
  readonly audience: string;
  readonly nowSeconds: () => number;
  readonly algorithm?: Algorithm;
  /** Path of the issuer on its host. */
  readonly path?: string;
}

function makeKey(algorithm: Algorithm): { readonly privateKey: KeyObject; readonly publicKey: KeyObject } {
  if (algorithm === "RS256" || algorithm === "PS256") return generateKeyPairSync("rsa", { modulusLength: 2048 });
  return generateKeyPairSync("ec", { namedCurve: algorithm === "ES256" ? "P-256" : "P-384" });
}

export async function startTestIssuer(options: TestIssuerOptions): Promise<TestIssuer> {
  const { audience, nowSeconds, algorithm = "ES256", path = "" } = options;
  const tls = await createLoopbackCertificate({ names: ["127.0.0.1", "localhost"], nowMs: Date.now(), validDays: 1 });
  const published: JWK[] = [];
  let count = 0;
  let asked = 0;
  let current = { ...makeKey(algorithm), kid: "" };
  const state: { mode: TestIssuer["mode"]; readonly lies: Record<string, unknown> } = { mode: "good", lies: {} };
  const rotate = async ({ keepsOld = true }: { keepsOld?: boolean } = {}): Promise<void> => {
    current = { ...makeKey(algorithm), kid: `key-${(count += 1)}` };
    if (!keepsOld) published.length = 0;
    published.push({ ...(await exportJWK(current.publicKey)), kid: current.kid, use: "sig", alg: algorithm });
  };
  await rotate();
  const server = createServer({ key: tls.keyPem, cert: tls.certificatePem }, (request, response) => {
    asked += 1;
    if (state.mode === "error") response.writeHead(500).end();
    else if (state.mode === "slow") response.writeHead(200).write("{");
    else if (state.mode === "huge") response.writeHead(200).end(`{"keys":"${"x".repeat(1024 * 1024)}"}`);
    else if (state.mode === "notJson") response.writeHead(200).end("<html>");
    else if (state.mode === "redirect") response.writeHead(302, { location: `${origin}/elsewhere` }).end();
    else if (request.url === `${path}/.well-known/openid-configuration`) response.writeHead(200).end(JSON.stringify({ issuer: `${origin}${path}`, jwks_uri: `${origin}/keys`, ...state.lies }));
    else response.writeHead(200).end(JSON.stringify({ keys: published }));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const origin = `https://127.0.0.1:${(server.address() as AddressInfo).port}`; // listens on TCP
  const issuer = `${origin}${path}`;
  return {
    issuer,
    caPem: tls.certificatePem,
    lies: state.lies,
    rotate,
    get kid() {
      return current.kid;
    },
    get publicKey() {
      return current.publicKey;
    },
    get mode() {
      return state.mode;
    },
    set mode(mode) {
      state.mode = mode;
    },
    askedCount: () => asked,
    sign: (claims = {}, header = {}) => {
      const now = nowSeconds();
      const all: JWTPayload = { iss: issuer, aud: audience, iat: now, nbf: now, exp: now + 3600, sub: "subject-1", ...claims };
      return new SignJWT(JSON.parse(JSON.stringify(all)) as JWTPayload) // leaves out what is undefined
        .setProtectedHeader({ alg: algorithm, typ: "JWT", kid: current.kid, ...header })
        .sign(current.privateKey);
    },
    stop: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}
