// The portal's side of a whole product on the simulated rung: a URL from the command line, a session that a killed
// control plane does not end, and changes that other clients make told within a second.
import { readFileSync } from "node:fs";
import { request } from "node:https";
import type { IncomingHttpHeaders } from "node:http";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { createHome, lastJson } from "./support/cynosure.ts";

const home = createHome();
afterAll(() => home.remove());

const SUBSCRIPTION = "/subscriptions/00000000-0000-4000-8000-000000000001";
const CLUSTER = `${SUBSCRIPTION}/resourceGroups/quickstart/providers/Cynosure.Storage/clusters/proof-of-concept`;
const SECOND_MS = 1_000;

interface Reply {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

/** `onText` hears of an answer that goes on, bit by bit. */
function send(path: string, options: { readonly method?: string; readonly headers?: Readonly<Record<string, string>>; readonly body?: string; readonly onText?: (text: string) => void } = {}): Promise<Reply> {
  const { method = "GET", headers = {}, body, onText } = options;
  return new Promise((resolve, reject) => {
    const outgoing = request(`${home.record().url}${path}`, { ca: readFileSync(join(home.dir, "pki", "ca.pem")), method, headers, agent: false }, (response) => {
      let text = "";
      response.on("data", (chunk: Buffer) => {
        text += chunk.toString("utf8");
        onText?.(text);
      });
      response.on("error", reject);
      response.on("end", () => resolve({ status: response.statusCode ?? 0, headers: response.headers, text }));
    });
    outgoing.on("error", reject);
    outgoing.end(body);
  });
}

/** Opens the stream and answers, once it has begun, how to wait for what it says. */
async function listen(cookie: string): Promise<(event: string) => Promise<void>> {
  let said = "";
  let wake = (): void => undefined;
  const until = async (event: string): Promise<void> => {
    while (!said.includes(event)) await new Promise<void>((resolve) => (wake = resolve));
  };
  const stream = send(`${SUBSCRIPTION}/providers/Cynosure.Storage/changes?api-version=2026-12-01`, {
    headers: { cookie, accept: "text/event-stream", "sec-fetch-site": "same-origin" },
    onText: (text) => {
      said = text;
      wake();
    },
  });
  // It ends with the control plane that tells it.
  stream.catch(() => undefined);
  await until("event: hello");
  return until;
}

describe("the portal of a running installation", () => {
  it("is signed in to with the printed URL once, hears within a second what the command line changes, and stays signed in when the control plane is killed", async () => {
    const started = home.start(["up", "--rung", "d"]);
    await started.untilSays("Ready. Ctrl-C stops everything");
    const { url } = lastJson(await home.run(["portal", "--json"])) as { url: string };
    expect(url).toMatch(new RegExp(`^${home.record().url}/portal/sign-in#code=[\\w-]{43}$`));
    const redeem = (): Promise<Reply> => send("/portal/session", { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify({ code: url.split("#code=")[1] }) });
    const [first, second] = [await redeem(), await redeem()];
    expect([first.status, second.status]).toEqual([204, 401]);
    const cookie = first.headers["set-cookie"]?.[0]?.split(";", 1)[0] ?? "";
    const asPage = { cookie, "x-cynosure-portal": "1" };
    expect(JSON.parse((await send("/portal/session", { headers: asPage })).text)).toMatchObject({ principal: { type: "Application" }, location: "local" });
    expect((await send(`${CLUSTER}?api-version=2026-12-01`, { headers: asPage })).status).toBe(200);
    // Built or not, what is there is a page.
    expect((await send("/portal")).headers["content-type"]).toBe("text/html; charset=utf-8");

    const hears = await listen(cookie);
    const group = `${SUBSCRIPTION}/resourceGroups/seen-in-the-portal`;
    const told = hears(`{"id":"${group}","kind":"cluster"}`).then(() => performance.now());
    const made = send(`${group}?api-version=2021-04-01`, { method: "PUT", headers: { ...asPage, "content-type": "application/json" }, body: JSON.stringify({ location: "local" }) }).then(({ status }) => ({ status, atMs: performance.now() }));
    expect((await made).status).toBe(201);
    expect((await told) - (await made).atMs).toBeLessThan(SECOND_MS);
    const updated = hears(`{"id":"${CLUSTER}","kind":"cluster"}`);
    expect((await home.run(["cluster", "update", "proof-of-concept", "--tags", "seen=yes"])).code).toBe(0);
    await updated;

    process.kill(home.record().pid ?? 0, "SIGKILL");
    await started.untilSays("Control plane is ready again");
    expect((await send(`${CLUSTER}?api-version=2026-12-01`, { headers: asPage })).status).toBe(200);
    await listen(cookie);
    started.child.kill("SIGINT");
    const end = await started.ended;
    expect(end.code, end.stdout + end.stderr).toBe(0);
  });
});
