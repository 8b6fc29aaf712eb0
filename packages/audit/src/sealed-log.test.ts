// The sealed log on a real PostgreSQL: what the sealer does while requests go on, what survives a crash at any
// point, and that whatever is done to the tables by hand is found and named.
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openTestStore } from "@cynosure/resource-store/testkit";
import type { TestStore } from "@cynosure/resource-store/testkit";
import { draws } from "../../../test/seeded-draws.ts";
import { AuditVerifier, createAuditSealer, generateAnchorKeyPem, linkRows, openAnchorFile, openAnchorSigner } from "./index.ts";
import type { AnchorFile, AuditAnchor, AuditChainEntry, AuditRow, AuditSealer, FindingKind, SealStore, SealerOptions, Verdict } from "./index.ts";

const START_MS = Date.parse("2026-12-01T00:00:00Z");
const HOUR_MS = 3_600_000;
const EVERYTHING = 1_000_000;
const signer = openAnchorSigner(generateAnchorKeyPem());
const clock = { nowMs: START_MS + HOUR_MS };

let opened: TestStore;
let directory: string;
let anchorsPath: string;

beforeEach(async () => {
  opened = await openTestStore();
  directory = mkdtempSync(join(tmpdir(), "cyn-audit-"));
  anchorsPath = join(directory, "audit-anchors.jsonl");
});
afterEach(async () => {
  await opened.close();
  rmSync(directory, { recursive: true, force: true });
});

let written = 0;
const aRow = (change: Partial<AuditRow> = {}): Omit<AuditRow, "seq"> => {
  written += 1;
  return { atMs: START_MS + written, principal: "ada", correlationId: `c-${written}`, action: "Cynosure.Storage/clusters/write", resourceId: `/x/größe-${written}`, beforeSha256: null, afterSha256: "f".repeat(64), ...change };
};

async function append(count: number): Promise<void> {
  const { store } = opened;
  await store.transaction(async (tx) => {
    for (let index = 0; index < count; index += 1) await store.appendAudit(aRow(), tx);
  });
}

const sealerOf = (change: Partial<SealerOptions> = {}): AuditSealer =>
  createAuditSealer({ store: opened.store.audit, file: openAnchorFile(anchorsPath), signer, installationId: "0badcafe", nowMs: () => clock.nowMs, ...change });

/** 30 rows, anchored at 10, 20 and 30. */
async function aSealedLog(): Promise<void> {
  for (let turn = 0; turn < 3; turn += 1) {
    await append(10);
    await sealerOf().finish();
  }
}

async function verify(anchors: readonly AuditAnchor[] = openAnchorFile(anchorsPath).read()): Promise<Verdict> {
  const { audit } = opened.store;
  const verifier = new AuditVerifier({ trustedPublicKeys: [signer.publicKey], takenAtMs: clock.nowMs + HOUR_MS });
  for (const anchor of [...anchors, ...(await audit.listAnchors({ limitMax: EVERYTHING }))]) verifier.addAnchor(anchor);
  for (const entry of await audit.listChain({ limitMax: EVERYTHING })) verifier.addEntry(entry);
  for (const { principal, ...row } of await audit.list({ limitMax: EVERYTHING })) verifier.addRow({ ...row, principal });
  return verifier.finish();
}

const found = async (anchors?: readonly AuditAnchor[]): Promise<readonly (readonly [FindingKind, number | null, number | null])[]> => (await verify(anchors)).findings.map(({ kind, position, seq }) => [kind, position, seq] as const);
const tamper = (sql: string): Promise<unknown> => opened.pool.query(sql);

describe("the sealer", () => {
  it("seals what was committed, anchors it in the database and in a file of its owner only, and is sound", async () => {
    await aSealedLog();
    expect(await verify()).toMatchObject({ isSound: true, rowCount: 30, sealedCount: 30, unsealedCount: 0, anchorCount: 3, notAnchoredCount: 0 });
    expect(statSync(anchorsPath).mode & 0o777).toBe(0o600);
    expect(openAnchorFile(anchorsPath).read()).toEqual(await opened.store.audit.listAnchors({ limitMax: 10 }));
  });

  it("seals a row that is committed after rows with higher numbers, and never misses one undone", async () => {
    const { store } = opened;
    let commitLate = (): void => undefined;
    let isWritten = (): void => undefined;
    const writtenFirst = new Promise<void>((resolve) => (isWritten = resolve));
    const late = store.transaction(async (tx) => {
      await store.appendAudit(aRow({ principal: "late" }), tx);
      isWritten();
      await new Promise<void>((resolve) => (commitLate = resolve));
    });
    await writtenFirst;
    await store.transaction(async (tx) => {
      await store.appendAudit(aRow(), tx);
      throw new Error("undone");
    }).catch(() => undefined);
    await append(2);
    await sealerOf().finish();
    expect((await store.audit.listChain({ limitMax: 9 })).map(({ seq }) => seq)).toEqual([3, 4]);
    commitLate();
    await late;
    await sealerOf().finish();
    expect((await store.audit.listChain({ limitMax: 9 })).map(({ seq }) => seq)).toEqual([3, 4, 1]);
    expect(await found()).toEqual([]);
  });

  it("anchors after so many entries or so long, and not while nothing is new", async () => {
    const sealer = sealerOf({ anchorEveryCountMax: 5, anchorEveryMs: 1_000, batchMax: 5 });
    const anchored = async (): Promise<readonly number[]> => (await opened.store.audit.listAnchors({ limitMax: 99 })).map(({ position }) => position);
    await append(1);
    await sealer.round();
    expect(await anchored()).toEqual([1]); // the first one at once: a start may follow a crash
    await append(3);
    await sealer.round();
    expect(await anchored()).toEqual([1]);
    await append(2);
    await sealer.round();
    expect(await anchored()).toEqual([1, 6]);
    await append(1);
    await sealer.round();
    clock.nowMs += 1_000;
    await sealer.round();
    expect(await anchored()).toEqual([1, 6, 7]);
    clock.nowMs += 10_000;
    await sealer.round();
    expect(await anchored()).toEqual([1, 6, 7]);
  });

  it("may be there several times: every row gets one place, and the chain stays one", async () => {
    await append(50);
    const sealers = Array.from({ length: 4 }, () => sealerOf({ batchMax: 7, anchorEveryCountMax: 10 }));
    for (let turn = 0; turn < 4; turn += 1) {
      await Promise.all([append(11), ...sealers.map((sealer) => sealer.round())]);
    }
    await Promise.all(sealers.map((sealer) => sealer.finish()));
    await sealerOf().finish();
    expect(await verify()).toMatchObject({ isSound: true, rowCount: 94, sealedCount: 94, notAnchoredCount: 0 });
  });

  it("asks at rest through the index of what waits, also when many rows were sealed and nothing was analysed", async () => {
    await append(3_000);
    await sealerOf().finish();
    await sealerOf().round();
    // The statement as the connection has it prepared; the pool hands out the one that was used last.
    const { rows } = await opened.pool.query<{ statement: string }>("select statement from pg_prepared_statements where name = 'cyn.audit.waiting'");
    expect(rows).toHaveLength(1);
    const plan = await opened.pool.query(`explain ${rows[0]?.statement ?? ""}`);
    expect(JSON.stringify(plan.rows)).toContain("audit_unsealed");
  });

  it("gives a row whose mark was taken away no second place", async () => {
    await aSealedLog();
    await tamper("update cynosure.audit set sealed = false where seq in (3, 12)");
    await append(1);
    await sealerOf().finish();
    expect(await verify()).toMatchObject({ isSound: true, sealedCount: 31 });
  });
});

describe("a crash", () => {
  const seed = Number(process.env["AUDIT_SEED"] ?? Math.floor(Math.random() * 2 ** 31));
  it(`at any point loses no row, forks no chain and leaves no anchor out of the file (seed=${seed}, AUDIT_SEED sets it)`, async () => {
    console.log(`audit crashes seed=${seed}`);
    const draw = draws(seed);
    const dies = (): void => {
      if (draw() < 0.2) throw new Error("the process was killed");
    };
    const file = openAnchorFile(anchorsPath);
    const fragile: AnchorFile = {
      read: () => file.read(),
      append: (anchors) => {
        dies();
        const [first] = anchors;
        // A power cut in the middle of a line.
        if (first !== undefined && draw() < 0.1) {
          writeFileSync(anchorsPath, JSON.stringify(first).slice(0, 40), { flag: "a", mode: 0o600 });
          throw new Error("the power went");
        }
        file.append(anchors);
        dies();
      },
    };
    const { audit } = opened.store;
    const store: SealStore = {
      seal: async (limitMax, link) => {
        const outcome = await audit.seal(limitMax, (last, rows) => {
          dies();
          return link(last, rows);
        });
        dies();
        return outcome;
      },
      chainHead: () => audit.chainHead(),
      listAnchors: (request) => audit.listAnchors(request),
      lastAnchor: () => audit.lastAnchor(),
      putAnchor: async (anchor) => {
        dies();
        const isPut = await audit.putAnchor(anchor);
        dies();
        return isPut;
      },
    };
    let killed = 0;
    for (let life = 0; life < 60; life += 1) {
      const sealer = sealerOf({ store, file: fragile, batchMax: 4, anchorEveryCountMax: 3 });
      try {
        for (let round = 0; round < 3; round += 1) {
          await append(Math.floor(draw() * 6));
          clock.nowMs += 10_000;
          await sealer.round();
        }
        if (draw() < 0.5) await sealer.finish();
      } catch {
        killed += 1;
      }
    }
    await sealerOf().finish();
    const verdict = await verify();
    expect(verdict).toMatchObject({ isSound: true, unsealedCount: 0, notAnchoredCount: 0, findings: [] });
    expect(verdict.sealedCount).toBe(verdict.rowCount);
    const inFile = new Set(openAnchorFile(anchorsPath).read().map(({ position }) => position));
    expect((await audit.listAnchors({ limitMax: EVERYTHING })).filter(({ position }) => !inFile.has(position))).toEqual([]);
    expect(killed).toBeGreaterThan(5);
  });

  it("writes no anchor of the database into the file that this installation did not sign", async () => {
    await aSealedLog();
    const thief = openAnchorSigner(generateAnchorKeyPem());
    const [third] = await opened.store.audit.listChain({ afterPosition: 2, limitMax: 1 });
    expect(await opened.store.audit.putAnchor(thief.sign({ installationId: "0badcafe", position: 3, sha256: third?.sha256 ?? "", count: 3, atMs: clock.nowMs }))).toBe(true);
    await append(1);
    await sealerOf().finish();
    expect(openAnchorFile(anchorsPath).read().map(({ position }) => position)).toEqual([10, 20, 30, 31]);
    expect(await found()).toEqual([["anchorForged", 3, null]]);
  });
});

describe("what is done to the tables by hand is found and named", () => {
  it.each([
    ["at_ms", "at_ms + 1"],
    ["principal", "'eve'"],
    ["correlation_id", "'other'"],
    ["action", "'Cynosure.Storage/clusters/delete'"],
    ["resource_id", "'/x/other'"],
    ["before_sha256", "repeat('0', 64)"],
    ["after_sha256", "null"],
  ])("a changed %s", async (column, value) => {
    await aSealedLog();
    await tamper(`update cynosure.audit set ${column} = ${value} where seq = 7`);
    expect(await found()).toEqual([["rowChanged", 7, 7]]);
  });

  it("a changed number", async () => {
    await aSealedLog();
    await tamper("update cynosure.audit set seq = 777 where seq = 7");
    expect(await found()).toEqual([["rowRemoved", 7, 7], ["rowInserted", null, 777]]);
  });

  it("a removed row, without and with its entry", async () => {
    await aSealedLog();
    await tamper("delete from cynosure.audit where seq = 7");
    expect(await found()).toEqual([["rowRemoved", 7, 7]]);
    await tamper("delete from cynosure.audit_chain where seq = 7");
    expect(await found()).toEqual([["entriesRemoved", 7, null]]);
  });

  it("an inserted row that is marked as sealed, whatever time it names", async () => {
    await aSealedLog();
    const insert = (seq: number, atMs: number): Promise<unknown> => tamper(`insert into cynosure.audit (seq, at_ms, principal, correlation_id, action, resource_id, sealed) values (${seq}, ${atMs}, 'eve', 'c', 'a', '/x', true)`);
    await insert(0, clock.nowMs + HOUR_MS);
    await insert(9_000, START_MS);
    expect(await found()).toEqual([["rowInserted", null, 0], ["rowInserted", null, 9_000]]);
  });

  it("rows in each other's place", async () => {
    await aSealedLog();
    await tamper("update cynosure.audit set seq = case seq when 5 then -9 else -5 end where seq in (5, 9)");
    await tamper("update cynosure.audit set seq = -seq where seq < 0");
    expect(await found()).toEqual([["rowChanged", 5, 5], ["rowChanged", 9, 9]]);
  });

  it("entries in each other's place", async () => {
    await aSealedLog();
    await tamper("update cynosure.audit_chain set position = 1000 + position where position in (5, 9)");
    await tamper("update cynosure.audit_chain set position = case position when 1005 then 9 else 5 end where position > 1000");
    expect(await found()).toEqual([["entryMoved", 5, 9], ["entryMoved", 9, 5]]);
  });

  it("a tail cut off, also when its anchors go with it: the file outside reaches further", async () => {
    await aSealedLog();
    await tamper("delete from cynosure.audit where seq > 15");
    await tamper("delete from cynosure.audit_chain where seq > 15");
    await tamper("delete from cynosure.audit_anchors where position > 15");
    expect(await found()).toEqual([["tailCutOff", 20, null], ["tailCutOff", 30, null]]);
  });

  it("a head cut off", async () => {
    await aSealedLog();
    await tamper("delete from cynosure.audit where seq <= 4");
    await tamper("delete from cynosure.audit_chain where seq <= 4");
    expect(await found()).toEqual([["headCutOff", 1, null]]);
  });

  it("a chain rebuilt with the product's own sealer over a changed row", async () => {
    await aSealedLog();
    await tamper("update cynosure.audit set principal = 'eve', sealed = false where seq = 14");
    await tamper("update cynosure.audit set sealed = false");
    await tamper("truncate cynosure.audit_chain");
    await opened.store.audit.seal(EVERYTHING, linkRows);
    expect(await found()).toEqual([["chainRebuilt", 20, 20], ["chainRebuilt", 30, 30]]);
    await tamper("truncate cynosure.audit_anchors");
    expect(await found()).toEqual([["chainRebuilt", 20, 20], ["chainRebuilt", 30, 30]]);
  });

  it("an anchor changed in the database or in the file", async () => {
    await aSealedLog();
    await tamper("update cynosure.audit_anchors set at_ms = at_ms - 1 where position = 20");
    expect(await found()).toEqual([["anchorForged", 20, null]]);
    await tamper("update cynosure.audit_anchors set at_ms = at_ms + 1 where position = 20");
    writeFileSync(anchorsPath, readFileSync(anchorsPath, "utf8").replace('"position":20', '"position":19'));
    expect(await found()).toEqual([["anchorForged", 19, null]]);
  });

  it("an older backup put in place: the anchors outside reach further, also after the log went on", async () => {
    await aSealedLog();
    // What the backup of after the twentieth row holds.
    await tamper("delete from cynosure.audit where seq > 20");
    await tamper("delete from cynosure.audit_chain where position > 20");
    await tamper("delete from cynosure.audit_anchors where position > 20");
    expect(await found()).toEqual([["tailCutOff", 30, null]]);
    await append(15);
    await sealerOf().finish();
    expect(await found()).toEqual([["chainRebuilt", 30, 40]]);
  });
});

describe("random tampering", () => {
  const seed = Number(process.env["AUDIT_SEED"] ?? Math.floor(Math.random() * 2 ** 31));
  const RUNS = 150;

  it(`below the last anchor is always found (seed=${seed}, AUDIT_SEED sets it)`, async () => {
    console.log(`audit tampering seed=${seed}`);
    const draw = draws(seed);
    await aSealedLog();
    const anchors = openAnchorFile(anchorsPath).read();
    const client = await opened.pool.connect();
    const kinds = new Set<FindingKind>();
    try {
      for (let run = 0; run < RUNS; run += 1) {
        await client.query("begin");
        const statements = drawTampering(draw);
        let changed = 0;
        for (const sql of statements) changed += (await client.query(sql)).rowCount ?? 0;
        const verdict = await verifyInside(client, anchors);
        expect(changed, statements.join("; ")).toBeGreaterThan(0);
        expect(verdict.isSound, `run ${run}: ${statements.join("; ")}`).toBe(false);
        for (const { kind } of verdict.findings) kinds.add(kind);
        await client.query("rollback");
      }
      expect((await verifyInside(client, anchors)).findings).toEqual([]);
      // What SQL makes of the description of the bytes is what the sealer made: the rebuilt chains above were whole.
      await client.query("begin");
      await client.query(REBUILD);
      expect((await verifyInside(client, anchors)).findings).toEqual([]);
      await client.query("rollback");
    } finally {
      client.release();
    }
    expect([...kinds].toSorted()).toEqual(expect.arrayContaining(["chainRebuilt", "entriesRemoved", "rowChanged", "rowRemoved"]));
  });
});

interface Asked {
  query(sql: string): Promise<{ rows: Record<string, unknown>[] }>;
}

/** As the store reads, but inside a transaction that is undone afterwards. */
async function verifyInside(client: Asked, anchors: readonly AuditAnchor[]): Promise<Verdict> {
  const verifier = new AuditVerifier({ trustedPublicKeys: [signer.publicKey], takenAtMs: clock.nowMs + HOUR_MS });
  for (const anchor of anchors) verifier.addAnchor(anchor);
  for (const entry of await readEntries(client)) verifier.addEntry(entry);
  for (const row of await readRows(client)) verifier.addRow(row);
  return verifier.finish();
}

// The columns are those selected, numbers made doubles in SQL.
const readEntries = async (client: Asked): Promise<AuditChainEntry[]> =>
  (await client.query(`select position::float8, seq::float8, at_ms::float8 as "atMs", row_sha256 as "rowSha256", previous_sha256 as "previousSha256", sha256 from cynosure.audit_chain order by position`)).rows as unknown as AuditChainEntry[];
const readRows = async (client: Asked): Promise<AuditRow[]> =>
  (await client.query(`select seq::float8, at_ms::float8 as "atMs", principal, correlation_id as "correlationId", action, resource_id as "resourceId", before_sha256 as "beforeSha256", after_sha256 as "afterSha256" from cynosure.audit order by seq`)).rows as unknown as AuditRow[];

function drawTampering(draw: () => number): readonly string[] {
  const place = (): number => 1 + Math.floor(draw() * 30);
  const at = place();
  const column = ["at_ms", "principal", "correlation_id", "action", "resource_id", "before_sha256", "after_sha256"][Math.floor(draw() * 7)] ?? "principal";
  const value = column === "at_ms" ? "at_ms + 1" : `coalesce(${column}, '') || 'x'`;
  const choices: (() => readonly string[])[] = [
    () => [`update cynosure.audit set ${column} = ${value} where seq = ${at}`],
    () => [`delete from cynosure.audit where seq = ${at}`],
    () => [`delete from cynosure.audit where seq = ${at}`, `delete from cynosure.audit_chain where seq = ${at}`],
    () => [`delete from cynosure.audit where seq >= ${at}`, `delete from cynosure.audit_chain where seq >= ${at}`],
    () => [`delete from cynosure.audit where seq <= ${at}`, `delete from cynosure.audit_chain where seq <= ${at}`],
    () => [`update cynosure.audit_chain set sha256 = repeat('${at % 10}', 64) where position = ${at}`],
    () => [`update cynosure.audit_chain set row_sha256 = repeat('${at % 10}', 64) where position = ${at}`],
    () => [`update cynosure.audit_chain set at_ms = at_ms + ${at} where position = ${at}`],
    () => [`update cynosure.audit_chain set position = position + 100 where position >= ${at}`],
    // All digests made anew, as PostgreSQL itself can: the encoding is no secret.
    () => [`update cynosure.audit set ${column} = ${value} where seq = ${at}`, REBUILD],
    () => [`delete from cynosure.audit where seq = ${at}`, REBUILD],
    () => [`insert into cynosure.audit (seq, at_ms, principal, correlation_id, action, resource_id, sealed) values (-${at}, ${START_MS}, 'eve', 'c', 'a', '/x', true)`, REBUILD],
  ];
  return choices[Math.floor(draw() * choices.length)]?.() ?? [];
}

const text = (expression: string): string => `case when ${expression} is null then '\\x00'::bytea else '\\x01'::bytea || int4send(octet_length(convert_to(${expression}, 'UTF8'))) || convert_to(${expression}, 'UTF8') end`;
const whole = (expression: string): string => `'\\x02'::bytea || int8send((${expression})::bigint)`;
const sha256 = (fields: readonly string[]): string => `encode(sha256(${fields.join(" || ")}), 'hex')`;
const rowDigest = sha256([text("'cynosure.audit.row/1'::text"), whole("seq"), whole("at_ms"), text("principal"), text("correlation_id"), text("action"), text("resource_id"), text("before_sha256"), text("after_sha256")]);
const linkDigest = sha256([text("'cynosure.audit.link/1'::text"), whole("place"), whole("row.seq"), whole("row.at_ms"), text("row.digest"), text("previous")]);
/** Makes the chain anew of the rows as they are, in the order of their numbers. */
const REBUILD = `do $$
declare row record; place bigint := 0; previous text := repeat('0', 64); own text;
begin
  delete from cynosure.audit_chain;
  for row in select seq, at_ms, ${rowDigest} as digest from cynosure.audit order by seq loop
    place := place + 1;
    own := ${linkDigest};
    insert into cynosure.audit_chain values (place, row.seq, row.at_ms, row.digest, previous, own);
    previous := own;
  end loop;
end $$`;
