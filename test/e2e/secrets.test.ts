// After a full run on the simulated rung no secret is anywhere but in the places that are there to keep it;
// and the search that says so finds what is planted, in every form.
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { request } from "node:https";
import { join } from "node:path";
import { afterAll, expect, describe, it } from "vitest";
import { Client } from "pg";
import { createHome } from "./support/cynosure.ts";
import { databaseUrlOf, findSecrets, formsOf, gatherSecrets } from "./support/find-secrets.ts";

const home = createHome();
afterAll(() => home.remove());

/** Signs in and asks something with the token and as a browser of the portal, so that the product has seen all of it. */
async function useSecrets(): Promise<Readonly<Record<string, string>>> {
  const { url } = home.record();
  const ca = readFileSync(join(home.dir, "pki", "ca.pem"));
  const credentials = JSON.parse(readFileSync(join(home.dir, "credentials.json"), "utf8")) as { clientId: string; clientSecret: string }; // written by the control plane
  const cookies: string[] = [];
  const send = (path: string, headers: Record<string, string>, body?: string): Promise<string> =>
    new Promise((resolve, reject) => {
      const outgoing = request(`${url}${path}`, { ca, method: body === undefined ? "GET" : "POST", headers }, (response) => {
        let text = "";
        cookies.push(...(response.headers["set-cookie"] ?? []));
        response.on("data", (chunk: Buffer) => (text += chunk.toString("utf8")));
        response.on("end", () => resolve(text));
      });
      outgoing.on("error", reject);
      outgoing.end(body);
    });
  const form = new URLSearchParams({ client_id: credentials.clientId, client_secret: credentials.clientSecret, grant_type: "client_credentials", scope: `${url}//.default` }).toString();
  const { access_token: token } = JSON.parse(await send("/adfs/oauth2/token", { "content-type": "application/x-www-form-urlencoded" }, form)) as { access_token: string }; // OAuth's own answer
  expect(await send("/subscriptions?api-version=2021-04-01", { authorization: `Bearer ${token}` })).toContain("subscriptionId");
  // A token in the address is a mistake people make: it must not reach a log either.
  await send(`/subscriptions?api-version=2021-04-01&access_token=${token}`, {});
  const code = (JSON.parse(await send("/portal/codes", { authorization: `Bearer ${token}` }, "")) as { url: string }).url.split("#code=")[1] ?? ""; // the route's own answer
  await send("/portal/session", { "content-type": "application/json" }, JSON.stringify({ code }));
  const cookie = cookies[0]?.split(";", 1)[0] ?? "";
  expect(await send("/subscriptions?api-version=2021-04-01", { cookie, "x-cynosure-portal": "1" })).toContain("subscriptionId");
  return { "bearer token": token, "portal code": code, "portal session": cookie.split("=")[1] ?? "" };
}

describe("secrets", () => {
  it("are nowhere but where they are kept, after a full run; what is planted is found", async () => {
    const started = home.start(["up", "--rung", "d"]);
    await started.untilSays("Ready. Ctrl-C stops everything");
    const secrets: Readonly<Record<string, string>> = { ...(await gatherSecrets(home.dir)), ...(await useSecrets()) };
    expect(Object.keys(secrets)).toEqual(expect.arrayContaining(["client secret", "database password", "master key", "authority key", "token key", "anchor key", "bearer token", "portal code", "portal session"]));
    for (const [name, value] of Object.entries(secrets)) expect(value.length, name).toBeGreaterThan(15);
    const databaseUrl = databaseUrlOf(home.dir);
    const search = { home: home.dir, databaseUrl, secrets };
    expect(await findSecrets(search)).toEqual([]);

    const planted = join(home.dir, "logs", "planted.log");
    for (const [form, text] of formsOf(secrets["client secret"] ?? "")) {
      writeFileSync(planted, `{"message":"signed in","detail":"${text}"}\n`);
      expect((await findSecrets({ ...search, databaseUrl: null })).map(({ secret, where }) => ({ secret, where })), form).toContainEqual({ secret: "client secret", where: "logs/planted.log" });
    }
    writeFileSync(planted, `Basic ${Buffer.from(`client:${secrets["client secret"]}`).toString("base64")}\n`);
    expect(await findSecrets({ ...search, databaseUrl: null })).toContainEqual({ secret: "client secret", form: "base64", where: "logs/planted.log" });
    writeFileSync(planted, `${["-----BEGIN", "PRIVATE KEY-----"].join(" ")}\nAQ${"x".repeat(36)}==\n`);
    expect((await findSecrets({ ...search, databaseUrl: null })).map(({ secret }) => secret)).toEqual(["a private key", "a Ceph key"]);
    rmSync(planted);

    started.child.kill("SIGINT");
    const end = await started.ended;
    expect(end.code, end.stderr).toBe(0);
    for (const [name, value] of Object.entries(secrets)) expect(`${end.stdout}${end.stderr}`.includes(value), name).toBe(false);
    // Stopped, the database has written everything to its files.
    expect(await findSecrets({ ...search, databaseUrl: null })).toEqual([]);
  });

  it("planted in the database are found, as text and as bytes", async () => {
    const started = home.start(["up", "--rung", "d"]);
    await started.untilSays("Ready. Ctrl-C stops everything");
    const databaseUrl = databaseUrlOf(home.dir);
    const client = new Client({ connectionString: databaseUrl });
    await client.connect();
    const secret = "planted-secret-of-this-test";
    await client.query("insert into cynosure.outputs (cluster_key, name, value) values ('c', 'planted', $1)", [JSON.stringify({ a: [secret] })]);
    await client.query("insert into cynosure.secrets (cluster_key, name, key_id, sealed) values ('c', 'planted', 'k', $1)", [Buffer.from(`xx${secret}`)]);
    await client.end();
    const found = await findSecrets({ home: home.dir, databaseUrl, secrets: { planted: secret } });
    expect(found.filter(({ where }) => where.startsWith("table "))).toEqual([
      { secret: "planted", form: "clear", where: "table cynosure.outputs" },
      { secret: "planted", form: "hex", where: "table cynosure.secrets" },
    ]);
    started.child.kill("SIGINT");
    expect((await started.ended).code).toBe(0);
  });
});
