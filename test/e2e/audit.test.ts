// `cynosure audit list|export|verify` against a running control plane on the simulated rung, and against somebody
// who has its database: whatever he does to what was sealed and signed, the next look names it.
import { copyFileSync, lstatSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Client } from "pg";
import { linkRows } from "@cynosure/audit";
import type { AuditRow } from "@cynosure/audit";
import { createHome, lastJson } from "./support/cynosure.ts";
import type { Ended, Started } from "./support/cynosure.ts";
import { databaseUrlOf, findSecrets, gatherSecrets } from "./support/find-secrets.ts";

const home = createHome();
const auditor = join(home.dir, "auditor");
const exported = join(auditor, "audit.jsonl");
let started: Started;
let database: Client;

beforeAll(async () => {
  // What an ordered stop left is sealed and signed whole; what comes after it is younger than its anchor.
  const first = await home.run(["up", "--rung", "d", "--exit-when-ready", "--json", "--yes"]);
  expect(first.code, first.stderr).toBe(0);
  mkdirSync(auditor);
  started = home.start(["up", "--rung", "d"]);
  await started.untilSays("Ready. Ctrl-C stops everything");
  database = new Client({ connectionString: databaseUrlOf(home.dir) });
  await database.connect();
});
afterAll(async () => {
  await database?.end();
  await home.endCommands();
  home.remove();
});

interface Verdict {
  readonly isSound: boolean;
  readonly findings: readonly { readonly kind: string; readonly position: number | null; readonly seq: number | null }[];
  readonly rowCount: number;
  readonly sealedCount: number;
  readonly unsealedCount: number;
  readonly lastAnchor: { readonly position: number } | null;
}

const audit = (...args: readonly string[]): Promise<Ended> => home.run(["audit", ...args]);
async function verify(...args: readonly string[]): Promise<Verdict & { readonly code: number | null }> {
  const end = await audit("verify", "--json", ...args);
  return { ...(lastJson(end) as unknown as Verdict), code: end.code }; // the command's own shape
}
const kinds = (verdict: Verdict): readonly string[] => [...new Set(verdict.findings.map(({ kind }) => kind))].toSorted();

/** What is found now, before the database is put right again. */
async function verifyThen(undo: string): ReturnType<typeof verify> {
  try {
    return await verify();
  } finally {
    await database.query(undo);
  }
}

describe("cynosure audit on a running control plane", () => {
  it("lists who did what: writes, actions and reads of credentials, each with principal, correlation and digests", async () => {
    const name = "audited";
    expect((await home.run(["bucket", "create", name, "--cluster", "proof-of-concept", "--protection-host-failures", "1"])).code).toBe(0);
    expect((await home.run(["cluster", "list-credentials", "proof-of-concept", "--json"])).code).toBe(0);
    const end = await audit("list", "--json");
    expect(end.code, end.stderr).toBe(0);
    const records = lastJson(end)["value"] as readonly { seq: number; action: string; resourceId: string; principalId: string; correlationId: string; beforeSha256?: string; afterSha256?: string; position?: number }[]; // of the contract
    const bucket = records.find((record) => record.action === "Cynosure.Storage/clusters/buckets/write" && record.resourceId.endsWith(`/buckets/${name}`));
    expect(bucket).toMatchObject({ principalId: expect.stringMatching(/^[0-9a-f-]{36}$/), correlationId: expect.stringMatching(/.+/), afterSha256: expect.stringMatching(/^[0-9a-f]{64}$/) });
    expect(bucket?.beforeSha256).toBeUndefined();
    expect(records.map(({ action }) => action)).toEqual(expect.arrayContaining(["Cynosure.Storage/clusters/write", "Cynosure.Storage/clusters/fileSystems/write", "Cynosure.Storage/clusters/listCredentials/action"]));
    expect((await audit("list")).stdout).toMatch(/^\d+ +\S+Z +[0-9a-f-]{36} +Cynosure\.Storage\/clusters\/listCredentials\/action +\/subscriptions\/\S+\/clusters\/proof-of-concept$/m);
  });

  it("verifies what it has, sealed within seconds and signed by what stopped before", async () => {
    await expect.poll(async () => (await verify()).unsealedCount, { timeout: 60_000 }).toBe(0);
    const verdict = await verify();
    expect(verdict).toMatchObject({ code: 0, isSound: true, findings: [], sealedCount: verdict.rowCount });
    expect(verdict.lastAnchor?.position).toBeGreaterThan(3);
    expect((await audit("verify")).stdout).toMatch(/verified: whole and unchanged, signed up to position \d+/);
  });

  it("exports what an auditor elsewhere verifies with key and anchors from outside, without a secret in it", async () => {
    const end = await audit("export", "--out", exported);
    expect(end.code, end.stderr).toBe(0);
    expect(lstatSync(exported).mode & 0o077).toBe(0);
    const [key, anchors] = [join(auditor, "key.pem"), join(auditor, "anchors.jsonl")];
    copyFileSync(join(home.dir, "pki", "audit-anchor.pub.pem"), key);
    copyFileSync(join(home.dir, "audit-anchors.jsonl"), anchors);
    const elsewhere = ["--file", exported, "--public-key", key, "--anchors", anchors];
    expect(await verify(...elsewhere)).toMatchObject({ code: 0, isSound: true });
    const findings = await findSecrets({ home: home.dir, databaseUrl: null, secrets: await gatherSecrets(home.dir) });
    expect(findings.filter(({ where }) => where.startsWith("auditor/"))).toEqual([]);

    const lines = readFileSync(exported, "utf8").split("\n");
    const at = lines.findIndex((line) => line.includes('"kind":"row"'));
    writeFileSync(exported, lines.toSpliced(at, 1).join("\n"));
    const changed = await verify(...elsewhere);
    expect([changed.code, changed.isSound, kinds(changed).includes("rowRemoved")]).toEqual([1, false, true]);
  });
});

describe("somebody who has the database", () => {
  const victim = "(select seq from cynosure.audit_chain where position = 2)";

  beforeAll(async () => {
    await database.query("create table public.kept as select * from cynosure.audit");
    await database.query("create table public.kept_chain as select * from cynosure.audit_chain");
  });

  it("is found when he changed a row", async () => {
    await database.query(`update cynosure.audit set principal = 'somebody-else' where seq = ${victim}`);
    const verdict = await verifyThen("update cynosure.audit a set principal = k.principal from public.kept k where k.seq = a.seq");
    expect(verdict).toMatchObject({ code: 1, isSound: false, findings: [{ kind: "rowChanged", position: 2 }] });
    expect(await verify()).toMatchObject({ code: 0, isSound: true });
  });

  it("is found when he removed a row", async () => {
    await database.query(`delete from cynosure.audit where seq = ${victim}`);
    const verdict = await verifyThen("insert into cynosure.audit select * from public.kept on conflict (seq) do nothing");
    expect(verdict).toMatchObject({ code: 1, isSound: false, findings: [{ kind: "rowRemoved", position: 2 }] });
    expect(await verify()).toMatchObject({ code: 0, isSound: true });
  });

  it("is found when he changed a row and made the whole chain anew over it", async () => {
    await database.query(`update cynosure.audit set action = 'Cynosure.Storage/clusters/read' where seq = ${victim}`);
    const { rows } = await database.query<Record<"seq" | "at_ms", string> & Record<"principal" | "correlation_id" | "action" | "resource_id", string> & Record<"before_sha256" | "after_sha256", string | null>>("select a.* from cynosure.audit a join cynosure.audit_chain c on c.seq = a.seq order by c.position");
    const asSealed = rows.map((row): AuditRow => ({ seq: Number(row.seq), atMs: Number(row.at_ms), principal: row.principal, correlationId: row.correlation_id, action: row.action, resourceId: row.resource_id, beforeSha256: row.before_sha256, afterSha256: row.after_sha256 }));
    for (const entry of linkRows(null, asSealed)) await database.query("update cynosure.audit_chain set row_sha256 = $2, previous_sha256 = $3, sha256 = $4 where position = $1", [entry.position, entry.rowSha256, entry.previousSha256, entry.sha256]);
    const verdict = await verifyThen("update cynosure.audit_chain c set row_sha256 = k.row_sha256, previous_sha256 = k.previous_sha256, sha256 = k.sha256 from public.kept_chain k where k.position = c.position");
    await database.query("update cynosure.audit a set action = k.action from public.kept k where k.seq = a.seq");
    expect(verdict).toMatchObject({ code: 1, isSound: false });
    expect(kinds(verdict)).toEqual(["chainRebuilt"]);
    expect(await verify()).toMatchObject({ code: 0, isSound: true });
  });

  it("is found when he cut off the end with its anchors, because they are outside too", async () => {
    await database.query("delete from cynosure.audit where seq in (select seq from cynosure.audit_chain where position > 2)");
    await database.query("delete from cynosure.audit_chain where position > 2");
    await database.query("delete from cynosure.audit_anchors");
    const end = await audit("verify");
    expect(end.code).toBe(1);
    expect(end.stdout).toContain("does NOT verify");
    expect(end.stdout).toContain("tailCutOff");
  });
});
