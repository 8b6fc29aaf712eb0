// Signing in as the CLI does it, against an issuer that answers what a test tells it to.
import { afterEach, beforeAll, describe, expect, it } from "vitest";
import { ExitCode } from "./exit-code.ts";
import { nameInToken, signIn, signInWithDeviceCode } from "./sign-in.ts";
import { openLoopbackServers } from "./testkit/loopback-servers.ts";
import type { LoopbackServers } from "./testkit/loopback-servers.ts";

type Scripted = { readonly status: number; readonly body: unknown } | "hangs up";
let servers: LoopbackServers;
beforeAll(async () => {
  servers = await openLoopbackServers();
});
afterEach(() => servers.closeAll());

async function issuerThatAnswers(script: readonly Scripted[]): Promise<{ readonly endpoint: string; readonly asked: URLSearchParams[] }> {
  const left = [...script];
  const asked: URLSearchParams[] = [];
  const endpoint = await servers.listen((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      asked.push(new URLSearchParams(Buffer.concat(chunks).toString("utf8")));
      const next = left.shift() ?? "hangs up";
      if (next === "hangs up") request.socket.destroy();
      else response.writeHead(next.status).end(typeof next.body === "string" ? next.body : JSON.stringify(next.body));
    });
  });
  return { endpoint, asked };
}

const begun: Scripted = { status: 200, body: { device_code: "dc", user_code: "BCDF-GHJK", verification_uri: "https://x/page", expires_in: 900, interval: 0 } };
const pending: Scripted = { status: 400, body: { error: "authorization_pending" } };
const granted: Scripted = { status: 200, body: { access_token: "t", expires_in: 60 } };
const signal = new AbortController().signal;

describe("signing in with a device code", () => {
  it("says where to go and what to enter, and waits through refusals to answer and a control plane that is away", async () => {
    const { endpoint, asked } = await issuerThatAnswers([begun, pending, "hangs up", { status: 429, body: { error: "temporarily_unavailable" } }, pending, granted]);
    const lines: string[] = [];
    const token = await signInWithDeviceCode({ endpoint, caPem: servers.caPem, say: (line) => lines.push(line), signal });
    expect(token.token).toBe("t");
    expect(lines.join("\n")).toContain("https://x/page");
    expect(lines.join("\n")).toContain("BCDF-GHJK");
    expect(lines.every((line) => line.length <= 80)).toBe(true);
    expect(asked.at(-1)?.get("grant_type")).toBe("urn:ietf:params:oauth:grant-type:device_code");
    expect(asked.map((form) => form.get("device_code"))).toEqual([null, "dc", "dc", "dc", "dc", "dc"]);
  });

  it.each(["access_denied", "expired_token", "invalid_grant"])("ends when the issuer says %s", async (error) => {
    const { endpoint } = await issuerThatAnswers([begun, { status: 400, body: { error, error_description: "because" } }]);
    await expect(signInWithDeviceCode({ endpoint, caPem: servers.caPem, say: () => {}, signal })).rejects.toMatchObject({ code: "AuthenticationFailed", message: expect.stringContaining("because") as unknown });
  });

  it("ends when it is told to stop, and with a reason when there is no issuer", async () => {
    const { endpoint } = await issuerThatAnswers([begun, pending]);
    await expect(signInWithDeviceCode({ endpoint, caPem: servers.caPem, say: () => {}, signal: AbortSignal.abort() })).rejects.toMatchObject({ name: "AbortError" });
    const notOne = await issuerThatAnswers([{ status: 404, body: "<html>" }]);
    await expect(signInWithDeviceCode({ endpoint: notOne.endpoint, caPem: servers.caPem, say: () => {}, signal })).rejects.toThrow(/is this a control plane/);
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
