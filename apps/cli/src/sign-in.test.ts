// Signing in as the CLI does it, against an issuer that answers what a test tells it to.
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { afterEach, beforeAll, describe, expect, it } from "vitest";
import { createLoopbackCertificate } from "@cynosure/http-server/testkit";
import type { LoopbackCertificate } from "@cynosure/http-server/testkit";
import { ExitCode } from "./exit-code.ts";
import { nameInToken, signIn, signInWithDeviceCode } from "./sign-in.ts";

type Scripted = { readonly status: number; readonly body: unknown } | "hangs up";
let tls: LoopbackCertificate;
beforeAll(async () => {
  tls = await createLoopbackCertificate({ names: ["127.0.0.1"], nowMs: Date.now(), validDays: 1 });
});
const servers: { close(): void; closeAllConnections(): void }[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

async function issuerThatAnswers(script: readonly Scripted[]): Promise<{ readonly endpoint: string; readonly asked: URLSearchParams[] }> {
  const left = [...script];
  const asked: URLSearchParams[] = [];
  const server = createServer({ key: tls.keyPem, cert: tls.certificatePem }, (request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      asked.push(new URLSearchParams(Buffer.concat(chunks).toString("utf8")));
      const next = left.shift() ?? "hangs up";
      if (next === "hangs up") request.socket.destroy();
      else response.writeHead(next.status).end(typeof next.body === "string" ? next.body : JSON.stringify(next.body));
    });
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { endpoint: `https://127.0.0.1:${(server.address() as AddressInfo).port}`, asked }; // listens on TCP
}

const begun: Scripted = { status: 200, body: { device_code: "dc", user_code: "BCDF-GHJK", verification_uri: "https://x/page", expires_in: 900, interval: 0 } };
const pending: Scripted = { status: 400, body: { error: "authorization_pending" } };
const granted: Scripted = { status: 200, body: { access_token: "t", expires_in: 60 } };
const signal = new AbortController().signal;

describe("signing in with a device code", () => {
  it("says where to go and what to enter, and waits through refusals to answer and a control plane that is away", async () => {
    const { endpoint, asked } = await issuerThatAnswers([begun, pending, "hangs up", { status: 429, body: { error: "temporarily_unavailable" } }, pending, granted]);
    const lines: string[] = [];
    const token = await signInWithDeviceCode({ endpoint, caPem: tls.certificatePem, say: (line) => lines.push(line), signal });
    expect(token.token).toBe("t");
    expect(lines.join("\n")).toContain("https://x/page");
    expect(lines.join("\n")).toContain("BCDF-GHJK");
    expect(lines.every((line) => line.length <= 80)).toBe(true);
    expect(asked.at(-1)?.get("grant_type")).toBe("urn:ietf:params:oauth:grant-type:device_code");
    expect(asked.map((form) => form.get("device_code"))).toEqual([null, "dc", "dc", "dc", "dc", "dc"]);
  });

  it.each(["access_denied", "expired_token", "invalid_grant"])("ends when the issuer says %s", async (error) => {
    const { endpoint } = await issuerThatAnswers([begun, { status: 400, body: { error, error_description: "because" } }]);
    await expect(signInWithDeviceCode({ endpoint, caPem: tls.certificatePem, say: () => {}, signal })).rejects.toMatchObject({ code: "AuthenticationFailed", message: expect.stringContaining("because") as unknown });
  });

  it("ends when it is told to stop, and with a reason when there is no issuer", async () => {
    const { endpoint } = await issuerThatAnswers([begun, pending]);
    await expect(signInWithDeviceCode({ endpoint, caPem: tls.certificatePem, say: () => {}, signal: AbortSignal.abort() })).rejects.toMatchObject({ name: "AbortError" });
    const notOne = await issuerThatAnswers([{ status: 404, body: "<html>" }]);
    await expect(signInWithDeviceCode({ endpoint: notOne.endpoint, caPem: tls.certificatePem, say: () => {}, signal })).rejects.toThrow(/is this a control plane/);
  });
});

describe("a token that is held", () => {
  it("is used until it ends, and then says how to get another", async () => {
    const held = { token: "t", expiresOnTimestamp: Date.now() + 60_000 };
    expect(await signIn({ endpoint: "https://x", caPem: null, credentials: held })).toBe(held);
    await expect(signIn({ endpoint: "https://x", caPem: null, credentials: { token: "t", expiresOnTimestamp: 0 } })).rejects.toMatchObject({ exitCode: ExitCode.unreachable, message: expect.stringContaining("cynosure login --device-code") as unknown });
  });

  it("names its person, and a broken one nobody", () => {
    expect(nameInToken(`h.${Buffer.from(JSON.stringify({ app_displayname: "Ada" })).toString("base64url")}.s`)).toBe("Ada");
    expect(["", "a.b.c", "h.bnVsbA.s"].map(nameInToken)).toEqual(["unknown", "unknown", "unknown"]);
  });
});
