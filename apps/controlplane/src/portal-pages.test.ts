// The built portal over a real listener: which paths are its page, under which policy, which are files, and that a
// path reaches nothing else.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { request as httpsRequest } from "node:https";
import type { IncomingHttpHeaders } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createHttpServer, openStaticFiles } from "@cynosure/http-server";
import type { HttpServer } from "@cynosure/http-server";
import { createLoopbackCertificate, findFreePort } from "@cynosure/http-server/testkit";
import { ControlPlaneError } from "@cynosure/model";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { HASHED_UNDER, PAGE, portalPages } from "./portal-pages.ts";

const scratch = mkdtempSync(join(tmpdir(), "cynosure-portal-"));
const dist = join(scratch, "dist");
const MADE_BY_BUILD = '<!doctype html><html><head><meta property="csp-nonce" nonce="__CSP_NONCE__"><script type="module" src="/portal/assets/app-1a2b.js" nonce="__CSP_NONCE__"></script></head><body></body></html>';
const errors: unknown[] = [];
let nowMs = 0;
let server: HttpServer;
let baseUrl: string;
let ca: string;

interface Reply {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

function build(files: Readonly<Record<string, string>>): void {
  rmSync(dist, { recursive: true, force: true });
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(join(dist, name, ".."), { recursive: true });
    writeFileSync(join(dist, name), content);
  }
  nowMs += 10_000;
}

beforeAll(async () => {
  writeFileSync(join(scratch, "secret.js"), "secret");
  baseUrl = `https://127.0.0.1:${await findFreePort()}`;
  const tls = await createLoopbackCertificate({ names: ["127.0.0.1"], nowMs: Date.now(), validDays: 1 });
  ca = tls.certificatePem;
  server = createHttpServer({
    baseUrl,
    tls,
    issuer: "x",
    namespaces: [],
    routes: portalPages({ files: openStaticFiles({ dir: dist, marker: PAGE, hashedUnder: HASHED_UNDER, nowMs: () => nowMs }), onError: (error) => errors.push(error) }),
    authenticate: () => Promise.reject(new ControlPlaneError("AuthenticationFailed", "no token")),
    admit: () => Promise.resolve(),
    authorize: () => Promise.resolve({ allowed: false }),
    log: () => undefined,
  });
  await server.listen();
});
afterAll(async () => {
  await server.close();
  rmSync(scratch, { recursive: true });
});

const send = (path: string, method = "GET"): Promise<Reply> =>
  new Promise((resolve, reject) => {
    const { hostname, port } = new URL(baseUrl);
    const request = httpsRequest({ host: hostname, port, path, method, ca, agent: false }, (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("end", () => resolve({ status: response.statusCode ?? 0, headers: response.headers, text: Buffer.concat(chunks).toString("utf8") }));
    });
    request.on("error", reject);
    request.end();
  });
const nonceOf = ({ headers }: Reply): string => /'nonce-([^']+)'/.exec(String(headers["content-security-policy"]))?.[1] ?? "";

describe("the portal's page", () => {
  beforeAll(() => build({ [PAGE]: MADE_BY_BUILD, "assets/app-1a2b.js": "export {};", "favicon.svg": "<svg/>" }));

  it.each(["/portal", "/portal/", "/portal/sign-in", "/portal/clusters/quickstart.group/meadow", "/portal/index.html"])("is what %s answers, to whoever asks", async (path) => {
    const reply = await send(path);
    expect([reply.status, reply.headers["content-type"], reply.headers["cache-control"]]).toEqual([200, "text/html; charset=utf-8", "no-store"]);
    expect(reply.text).toContain("/portal/assets/app-1a2b.js");
    const head = await send(path, "HEAD");
    expect([head.status, head.text]).toEqual([200, ""]);
  });

  it("is under a policy that lets nothing in but its own, and nobody frame it", async () => {
    const reply = await send("/portal");
    expect(String(reply.headers["content-security-policy"]).split("; ")).toEqual(["default-src 'none'", "script-src 'self'", `style-src 'self' 'nonce-${nonceOf(reply)}'`, "connect-src 'self'", "img-src 'self' data:", "font-src 'self'", "frame-ancestors 'none'", "base-uri 'none'", "form-action 'none'"]);
    expect([reply.headers["x-frame-options"], reply.headers["x-content-type-options"], reply.headers["referrer-policy"], reply.headers["cross-origin-opener-policy"]]).toEqual(["DENY", "nosniff", "no-referrer", "same-origin"]);
  });

  it("has a nonce of its own in each answer, wherever the build left room for it", async () => {
    const [one, other] = [await send("/portal"), await send("/portal")];
    expect(nonceOf(one)).toMatch(/^[\w+/]{24}$/);
    expect(nonceOf(one)).not.toBe(nonceOf(other));
    expect(one.text).toContain(`<meta property="csp-nonce" nonce="${nonceOf(one)}">`);
    expect([one.text.split(`nonce="${nonceOf(one)}"`).length - 1, one.text.includes("__CSP_NONCE__")]).toEqual([2, false]);
  });

  it("gets the nonce also where the build left no room", async () => {
    build({ [PAGE]: '<html><head lang="en"><title>x</title></head></html>' });
    const reply = await send("/portal");
    expect(reply.text).toBe(`<html><head lang="en"><meta property="csp-nonce" nonce="${nonceOf(reply)}"><title>x</title></head></html>`);
    build({ [PAGE]: MADE_BY_BUILD, "assets/app-1a2b.js": "export {};", "favicon.svg": "<svg/>" });
  });
});

describe("the portal's files", () => {
  it("are answered as they are, those with a digest in their name for ever", async () => {
    const [script, icon] = [await send("/portal/assets/app-1a2b.js"), await send("/portal/favicon.svg")];
    expect([script.status, script.text, script.headers["content-type"], script.headers["cache-control"]]).toEqual([200, "export {};", "text/javascript; charset=utf-8", "public, max-age=31536000, immutable"]);
    expect([icon.status, icon.headers["content-type"], icon.headers["cache-control"], icon.headers["x-content-type-options"]]).toEqual([200, "image/svg+xml", "no-cache", "nosniff"]);
  });

  it.each(["/portal/assets/gone-9z.js", "/portal/assets/anything", "/portal/favicon.png", "/portal/deep/app.js"])("that are none are 404 and no page: %s", async (path) => {
    expect((await send(path)).status).toBe(404);
  });

  it.each(["/portal/../secret.js", "/portal/%2e%2e/secret.js", "/portal/..%2fsecret.js", "/portal/assets/../../secret.js", "/portal/%2e%2e%2f%2e%2e%2fetc/passwd", "/portal//..//secret.js", "/portal/assets%00/app-1a2b.js", "/portal/..%5csecret.js"])("are the only ones: %s reaches nothing else", async (path) => {
    const reply = await send(path);
    expect([400, 401, 404]).toContain(reply.status);
    expect(reply.text).not.toBe("secret");
  });

  it("take nothing in", async () => {
    for (const method of ["POST", "PUT", "DELETE"]) expect((await send("/portal/favicon.svg", method)).status).toBe(401);
  });
});

describe("a portal that is not there", () => {
  it("says what to run, and is there once it was built, without a restart", async () => {
    build({});
    const reply = await send("/portal");
    expect([reply.status, reply.headers["content-type"], String(reply.headers["content-security-policy"]).startsWith("default-src 'none';")]).toEqual([503, "text/html; charset=utf-8", true]);
    expect(reply.text).toContain("npm run build:portal");
    build({ [PAGE]: MADE_BY_BUILD });
    expect((await send("/portal")).status).toBe(200);
    expect(errors).toEqual([]);
  });

  it("because it cannot be read says so, and why in the log", async () => {
    build({ [PAGE]: MADE_BY_BUILD, "assets/huge-1.js": "x".repeat(9 * 1024 * 1024) });
    const reply = await send("/portal");
    expect([reply.status, reply.text.includes("cannot be served"), reply.text.includes(scratch)]).toEqual([503, true, false]);
    expect(String(errors[0])).toContain("huge-1.js");
  });
});
