// The export as a file: what was written is read back and verified, and a file that is not whole does not pass.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { NotAnExportError, anchorLine, endLine, entryLine, generateAnchorKeyPem, headerLine, linkRows, openAnchorFile, openAnchorSigner, parseAnchorLines, rowLine, verifyExport } from "./index.ts";
import type { AuditRow, FindingKind } from "./index.ts";

const signer = openAnchorSigner(generateAnchorKeyPem());
const TAKEN_AT_MS = Date.parse("2026-12-01T12:00:00Z");
const rows: AuditRow[] = Array.from({ length: 5 }, (_, index) => ({ seq: index + 1, atMs: TAKEN_AT_MS - 3_600_000 + index, principal: "p", correlationId: "c", action: "a", resourceId: "/größe\n", beforeSha256: null, afterSha256: "ff" }));
const entries = linkRows(null, rows);
const anchor = signer.sign({ installationId: "0badcafe", position: 5, sha256: entries[4]?.sha256 ?? "", count: 5, atMs: TAKEN_AT_MS - 1_000_000 });

const anExport = (): string[] => [
  headerLine({ takenAtMs: TAKEN_AT_MS, fromMs: null, toMs: null, publicKeys: [signer.publicKey] }),
  anchorLine(anchor),
  ...entries.map(entryLine),
  ...rows.map(rowLine),
  endLine({ anchors: 1, entries: 5, rows: 5 }),
];

async function* each(lines: readonly string[]): AsyncGenerator<string> {
  for (const line of lines) yield await Promise.resolve(line);
}
const verdictOf = (lines: readonly string[], outsideAnchors = [anchor]) => verifyExport(each(lines), { trustedPublicKeys: [signer.publicKey], outsideAnchors });
const kindsOf = async (lines: readonly string[]): Promise<readonly FindingKind[]> => (await verdictOf(lines)).findings.map(({ kind }) => kind);

describe("an export", () => {
  it("that is whole verifies", async () => {
    expect(await verdictOf(anExport())).toMatchObject({ isSound: true, rowCount: 5, sealedCount: 5, anchorCount: 1 });
  });

  it("that lost its last line, any line in between, or got one more does not", async () => {
    expect(await kindsOf(anExport().slice(0, -1))).toEqual(["fileDamaged"]);
    for (let index = 1; index < anExport().length - 1; index += 1) expect(await kindsOf(anExport().toSpliced(index, 1))).toContain("fileDamaged");
    expect(await kindsOf([...anExport(), ...rows.slice(0, 1).map((row) => rowLine({ ...row, seq: 9 }))])).toEqual(["fileDamaged"]);
    expect(await kindsOf(anExport().toSpliced(3, 0, "{\"kind\":\"entry\",\"position\":1.5}"))).toEqual(["fileDamaged"]);
  });

  it("with rows before entries does not", async () => {
    const lines = anExport();
    [lines[6], lines[7]] = [lines[7] ?? "", lines[6] ?? ""];
    expect(await kindsOf(lines)).toContain("fileDamaged");
  });

  it("is no export without its header", async () => {
    await expect(verdictOf(anExport().slice(1))).rejects.toThrow(NotAnExportError);
    await expect(verdictOf([])).rejects.toThrow(/empty/);
    await expect(verdictOf(["not json"])).rejects.toThrow(/header/);
  });

  it("is judged as of its time: an anchor made later says nothing of it, an earlier one does", async () => {
    const further = (atMs: number) => [anchor, signer.sign({ installationId: "0badcafe", position: 9, sha256: "ab", count: 9, atMs })];
    expect(await verdictOf(anExport(), further(TAKEN_AT_MS + 1))).toMatchObject({ isSound: true, laterAnchorCount: 1 });
    expect((await verdictOf(anExport(), further(TAKEN_AT_MS - 1))).findings.map(({ kind, position }) => [kind, position])).toEqual([["tailCutOff", 9]]);
  });
});

describe("the file of anchors", () => {
  const directory = mkdtempSync(join(tmpdir(), "cyn-anchors-"));
  afterEach(() => rmSync(directory, { recursive: true, force: true }));

  it("is only appended to, and goes on after a line that a crash cut off", () => {
    const path = join(directory, "anchors.jsonl");
    const file = openAnchorFile(path);
    expect(file.read()).toEqual([]);
    file.append([anchor]);
    const first = readFileSync(path, "utf8");
    writeFileSync(path, `${first}{"installationId":"0bad`);
    file.append([{ ...anchor, position: 6 }]);
    expect(readFileSync(path, "utf8").startsWith(first)).toBe(true);
    expect(file.read().map(({ position }) => position)).toEqual([5, 6]);
    expect(parseAnchorLines(readFileSync(path, "utf8")).brokenLines).toEqual([2]);
  });
});
