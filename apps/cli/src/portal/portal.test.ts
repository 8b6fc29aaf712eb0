// What commands do for the portal: the URL they get, and building it once.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import type { Connection } from "../connect.ts";
import { ExitCode } from "../exit-code.ts";
import { openLoopbackServers } from "../testkit/loopback-servers.ts";
import type { LoopbackServers } from "../testkit/loopback-servers.ts";
import { buildPortal, isBuilt, npmOf } from "./build-portal.ts";
import { mintPortalUrl, printPortal } from "./portal-url.ts";

const scratch = mkdtempSync(join(tmpdir(), "cynosure-portal-cli-"));
let servers: LoopbackServers;
beforeAll(async () => {
  servers = await openLoopbackServers();
});
afterEach(() => servers.closeAll());
afterAll(() => rmSync(scratch, { recursive: true }));

/** A control plane that answers so; also what it was asked. */
async function controlPlane(status: number, body: unknown): Promise<{ readonly connection: Connection; readonly asked: string[] }> {
  const asked: string[] = [];
  const endpoint = await servers.listen((request, response) => {
    asked.push(`${request.method} ${request.url} ${request.headers.authorization}`);
    response.writeHead(status).end(typeof body === "string" ? body : JSON.stringify(body));
  });
  return { asked, connection: { endpoint, caPem: servers.caPem, credentials: { token: "t0k", expiresOnTimestamp: Date.now() + 60_000 }, scope: { subscriptionId: "s", resourceGroupName: "g", location: "l" } } };
}

describe("a URL for the portal", () => {
  it("is asked for with the token of whoever the command acts as", async () => {
    const answer = { url: "https://127.0.0.1:1/portal/sign-in#code=x", expiresAt: "2026-12-01T00:05:00.000Z" };
    const { connection, asked } = await controlPlane(200, answer);
    expect(await mintPortalUrl(connection)).toEqual(answer);
    expect(asked).toEqual(["POST /portal/codes Bearer t0k"]);
  });

  it.each([
    [404, { error: { code: "InvalidResourceType", message: "no" } }, ExitCode.notFound, /serves no portal/],
    [401, { error: { code: "ExpiredAuthenticationToken", message: "The access token has expired." } }, ExitCode.unreachable, /has expired/],
    [429, { error: { code: "TooManyRequests", message: "Wait." } }, ExitCode.usage, /Wait\./],
    [200, "<html>", ExitCode.failed, /without a URL/],
  ])("that is answered with %i is an error that says why", async (status, body, exitCode, message) => {
    const { connection } = await controlPlane(status, body);
    await expect(mintPortalUrl(connection)).rejects.toMatchObject({ exitCode, message: expect.stringMatching(message) });
  });

  it("is printed at the end of a start, where one that cannot be had ends nothing", async () => {
    const lines: string[] = [];
    const [good, bad] = [await controlPlane(200, { url: "https://x/portal/sign-in#code=c", expiresAt: "2026-12-01T00:05:00.000Z" }), await controlPlane(500, {})];
    await printPortal(good.connection, (line) => lines.push(line));
    await printPortal(bad.connection, (line) => lines.push(line));
    expect(lines).toEqual(["Portal: https://x/portal/sign-in#code=c", "  opens it signed in, once, within five minutes; another: npx cynosure portal", expect.stringMatching(/^Portal: .* gave no URL for the portal: status 500/)]);
  });
});

describe("building the portal", () => {
  /** A checkout with a portal that was never built, and an npm that counts. */
  function checkout(name: string, script: string): { readonly dir: string; readonly options: Parameters<typeof buildPortal>[0]; readonly notes: string[]; builds(): string[] } {
    const dir = join(scratch, name);
    mkdirSync(join(dir, "apps", "portal", "src"), { recursive: true });
    writeFileSync(join(dir, "apps", "portal", "package.json"), "{}");
    writeFileSync(join(dir, "apps", "portal", "src", "main.tsx"), "");
    writeFileSync(join(dir, "count"), "");
    const notes: string[] = [];
    const npm = ["sh", "-c", `echo "$@" >> count; ${script}`, "npm"] as const;
    return { dir, notes, options: { checkoutDir: dir, note: (line) => notes.push(line), signal: new AbortController().signal, npm: [...npm] }, builds: () => readFileSync(join(dir, "count"), "utf8").split("\n").filter((line) => line !== "") };
  }
  const WORKS = "mkdir -p apps/portal/dist && echo x > apps/portal/dist/index.html";

  it("happens once, however many start at once, and says so", async () => {
    const { options, notes, builds, dir } = checkout("once", WORKS);
    expect(isBuilt(dir)).toBe(false);
    expect(await Promise.all([buildPortal(options), buildPortal(options), buildPortal(options)])).toEqual([true, true, true]);
    expect(await buildPortal(options)).toBe(true);
    expect(builds()).toEqual(["run build -w @cynosure/portal"]);
    expect(notes.every((line) => line === "Portal: building it, once")).toBe(true);
  });

  it("happens again when what it is made of is newer", async () => {
    const { options, builds, dir } = checkout("newer", WORKS);
    await buildPortal(options);
    const later = new Date(Date.now() + 60_000);
    utimesSync(join(dir, "apps", "portal", "src", "main.tsx"), later, later);
    await buildPortal(options);
    expect(builds()).toHaveLength(2);
  });

  it("that fails is said with what to run, and holds up nothing; the one built before is served", async () => {
    const { options, notes, dir } = checkout("failing", "echo no vite >&2; exit 1");
    expect(await buildPortal(options)).toBe(false);
    expect(notes[1]).toMatch(/^Portal: it cannot be built \(.*\); "npm run build:portal" shows why\. It is served as soon as it is there$/);
    mkdirSync(join(dir, "apps", "portal", "dist"));
    writeFileSync(join(dir, "apps", "portal", "dist", "index.html"), "");
    utimesSync(join(dir, "apps", "portal", "dist", "index.html"), 1, 1);
    expect(await buildPortal(options)).toBe(true);
    expect(notes.at(-1)).toContain("The one built before is served");
  });

  it("is nothing where there is no portal", async () => {
    const dir = join(scratch, "none");
    mkdirSync(dir);
    const notes: string[] = [];
    expect(await buildPortal({ checkoutDir: dir, note: (line) => notes.push(line), signal: new AbortController().signal })).toBe(false);
    expect(notes).toEqual([]);
  });

  it("uses the npm that started the command, else the one of the PATH", () => {
    expect([npmOf("/x/npm/bin/npm-cli.js"), npmOf("/x/yarn.js"), npmOf(undefined)]).toEqual([[process.execPath, "/x/npm/bin/npm-cli.js"], ["npm"], ["npm"]]);
  });
});
