// The exchanges of whole products are written down by programs that the tests start, and judged afterwards in one
// go. Held here: nothing is missed through the command in between, no secret is written, and a fault is reported.
import { spawn } from "node:child_process";
import { cpSync, lstatSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { recordingEnvironment } from "../clients/support/record-children.ts";
import type { Exchange } from "../clients/support/record-exchanges.ts";
import { createHome, lastJson, root } from "./support/cynosure.ts";
import { formsOf, gatherSecrets } from "./support/find-secrets.ts";

const scratch = mkdtempSync(join(tmpdir(), "cynosure-recorded-"));
const recorded = join(scratch, "exchanges");
const home = createHome();
const secrets: Record<string, string> = {};

beforeAll(async () => {
  const env = recordingEnvironment(root, recorded);
  const started = home.start(["up", "--rung", "d"], env);
  await started.untilSays("Ready. Ctrl-C stops everything");
  const made = lastJson(await home.run(["service-principal", "create", "backup", "--json"]));
  const keys = lastJson(await home.run(["cluster", "list-credentials", "proof-of-concept", "--json"]));
  const { s3 } = keys as { s3: { secretAccessKey: string } }; // of the contract
  // The id of the S3 keys is in the vault beside the secret; the contract shows it, and alone it opens nothing.
  const kept = Object.entries(await gatherSecrets(home.dir)).filter(([name]) => name !== "vault s3-access-key-id");
  Object.assign(secrets, Object.fromEntries(kept), { "a new secret": String(made["clientSecret"]), "an S3 key": s3.secretAccessKey });
  started.child.kill("SIGINT");
  const end = await started.ended;
  expect(end.code, end.stderr).toBe(0);
});
afterAll(async () => {
  await home.endCommands();
  home.remove();
  rmSync(scratch, { recursive: true, force: true });
});

const files = (dir: string): readonly string[] => readdirSync(dir).map((name) => join(dir, name));
const text = (): string => files(recorded).map((path) => readFileSync(path, "utf8")).join("");

/** As `npm test` does after the tests. */
function judge(dir: string): Promise<{ readonly code: number | null; readonly said: string }> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [join(root, "test", "clients", "support", "check-recorded.ts"), dir], { stdio: ["ignore", "pipe", "inherit"] });
    let said = "";
    child.stdout.on("data", (chunk: Buffer) => (said += chunk.toString("utf8")));
    child.once("close", (code) => resolve({ code, said }));
  });
}

/** A copy of the record in which the first exchange that is meant was another one. */
function plant(name: string, isMeant: (exchange: Exchange) => boolean, change: (exchange: Exchange) => Exchange): string {
  const dir = join(scratch, name);
  cpSync(recorded, dir, { recursive: true });
  for (const path of files(dir)) {
    const lines = readFileSync(path, "utf8").trimEnd().split("\n");
    const exchanges = lines.map((line) => JSON.parse(line) as Exchange); // the recorder's own lines
    const at = exchanges.findIndex(isMeant);
    const found = exchanges[at];
    if (found === undefined) continue;
    lines[at] = JSON.stringify(change(found));
    writeFileSync(path, `${lines.join("\n")}\n`);
    return dir;
  }
  throw new Error(`the record has no exchange for ${name}`);
}

describe("the exchanges of a whole product", () => {
  it("are all as the OpenAPI documents say, those of `cynosure up` and of commands beside it", async () => {
    const { code, said } = await judge(recorded);
    expect(said).toMatch(/^\d+ exchanges of (\d+) operations, \1 of them recognised by the live validator, 0 faults\n$/);
    expect(code).toBe(0);
    for (const what of ["PUT", "POST"]) expect(text()).toContain(`"method":"${what}"`);
    for (const path of ["/clusters/proof-of-concept/fileSystems/home", "/providers/Cynosure.Identity/servicePrincipals/backup", "/operationStatuses/"]) expect(text()).toContain(path);
  });

  it("are written without a secret, for their owner alone", () => {
    expect(Object.keys(secrets)).toEqual(expect.arrayContaining(["client secret", "a new secret", "an S3 key", "token key"]));
    const written = text();
    for (const [name, secret] of Object.entries(secrets)) for (const [form, value] of formsOf(secret)) expect(written.includes(value), `${name} in ${form}`).toBe(false);
    expect(written).not.toMatch(/\beyJ[\w-]{10,}\./);
    expect(written).not.toMatch(/"authorization":/i);
    expect(written).toContain('\\"secretAccessKey\\":\\"(a secret, left out)\\"');
    expect(written).toContain('\\"clientSecret\\":\\"(a secret, left out)\\"');
    for (const path of files(recorded)) expect(lstatSync(path).mode & 0o077, path).toBe(0);
  });

  it("are reported when the product answers what no document knows", async () => {
    const isCluster = ({ method, url, status }: Exchange): boolean => method === "GET" && status === 200 && /\/clusters\/proof-of-concept\?/.test(url);
    const dir = plant("unknown-member", isCluster, (exchange) => ({ ...exchange, answerBody: exchange.answerBody.replace('"properties":{', '"properties":{"inner":1,') }));
    const { code, said } = await judge(dir);
    expect(code).toBe(1);
    expect(said).toMatch(/GET \S+\/clusters\/proof-of-concept\?\S+ -> 200: answer: OBJECT_ADDITIONAL_PROPERTIES .*inner/);
    expect(said).toContain(" 1 faults");
  });

  it("are reported when a change goes on without a place to poll", async () => {
    const isStarted = ({ method, status }: Exchange): boolean => method === "PUT" && status === 201;
    const dir = plant("no-poll", isStarted, (exchange) => ({ ...exchange, answerHeaders: Object.fromEntries(Object.entries(exchange.answerHeaders).filter(([name]) => name !== "azure-asyncoperation")) }));
    const { code, said } = await judge(dir);
    expect(code).toBe(1);
    expect(said).toContain("without an absolute Azure-AsyncOperation");
  });

  it("are reported missing when nothing was recorded, and read as far as a killed process wrote them", async () => {
    const dir = join(scratch, "killed");
    cpSync(recorded, dir, { recursive: true });
    writeFileSync(join(dir, "1-1.ndjson"), '{"method":"GET","url":"/subscr');
    expect((await judge(dir)).code).toBe(0);
    for (const path of files(dir)) rmSync(path);
    expect(await judge(dir)).toMatchObject({ code: 1, said: expect.stringContaining("0 exchanges") });
  });
});
