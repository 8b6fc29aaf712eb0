// Files of a directory as answers: which bytes, under which headers, and that nothing outside is ever read.
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { brotliDecompressSync, gunzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { STATIC_FILE_BYTES_MAX, openStaticFiles } from "./static-files.ts";
import type { StaticTable } from "./static-files.ts";

const scratch = mkdtempSync(join(tmpdir(), "cynosure-static-"));
const SCRIPT = "export const answer = 42;\n".repeat(200);
let nowMs = 0;

function build(name: string, files: Readonly<Record<string, string | Buffer>>): string {
  const dir = join(scratch, name, "dist");
  for (const [file, content] of Object.entries(files)) {
    mkdirSync(join(dir, file, ".."), { recursive: true });
    writeFileSync(join(dir, file), content);
  }
  return dir;
}

const filesOf = (dir: string) => openStaticFiles({ dir, marker: "index.html", hashedUnder: "assets/", nowMs: () => nowMs });
const header = (table: StaticTable, file: string, name: string, headers = {}): string | undefined => table.answer(file, headers)?.headers?.[name];

let table: StaticTable;
beforeAll(async () => {
  writeFileSync(join(scratch, "secret.txt"), "secret");
  const dir = build("plain", { "index.html": "<html></html>", "assets/app-1a2b.js": SCRIPT, "favicon.png": Buffer.from([1, 2, 3]), "notes.unknown": "?" });
  symlinkSync(join(scratch, "secret.txt"), join(dir, "link.txt"));
  const opened = await filesOf(dir).open();
  if (opened === null) throw new Error("nothing is served");
  table = opened;
});
afterAll(() => rmSync(scratch, { recursive: true }));

describe("files of a directory", () => {
  it("go out in the smallest coding the client takes, and as they are to one that takes none", () => {
    const bytes = (accepted?: string) => table.answer("assets/app-1a2b.js", accepted === undefined ? {} : { "accept-encoding": accepted });
    const [br, gz, plain, refusing] = [bytes("gzip, deflate, br"), bytes("gzip;q=0.5"), bytes(), bytes("br;q=0, gzip;q=0.0")];
    expect(brotliDecompressSync(br?.bytes ?? "").toString()).toBe(SCRIPT);
    expect(gunzipSync(gz?.bytes ?? "").toString()).toBe(SCRIPT);
    for (const each of [plain, refusing]) expect(Buffer.from(each?.bytes ?? []).toString()).toBe(SCRIPT);
    expect([br, gz, plain, refusing].map((each) => each?.headers?.["content-encoding"])).toEqual(["br", "gzip", undefined, undefined]);
    expect(header(table, "assets/app-1a2b.js", "vary")).toBe("accept-encoding");
  });

  it("whose names carry a digest may be kept for ever; the others are asked for again each time", () => {
    expect(header(table, "assets/app-1a2b.js", "cache-control")).toBe("public, max-age=31536000, immutable");
    expect(header(table, "favicon.png", "cache-control")).toBe("no-cache");
  });

  it("that the client has are not sent again", () => {
    const etag = header(table, "favicon.png", "etag") ?? "";
    const again = table.answer("favicon.png", { "if-none-match": `"other", W/${etag}` });
    expect([again?.status, again?.bytes]).toEqual([304, undefined]);
    expect(table.answer("favicon.png", { "if-none-match": '"other"' })?.status).toBe(200);
  });

  it("have the type of their name, and what is not known is bytes", () => {
    expect(["index.html", "assets/app-1a2b.js", "favicon.png", "notes.unknown"].map((name) => header(table, name, "content-type"))).toEqual(["text/html; charset=utf-8", "text/javascript; charset=utf-8", "image/png", "application/octet-stream"]);
  });

  it.each(["../../secret.txt", "assets/../../../secret.txt", "/etc/passwd", "link.txt", "", "assets", "INDEX.HTML", "index.html\u0000"])("are found by their exact name alone: %j is none", (name) => {
    expect([table.answer(name, {}), table.text(name)]).toEqual([null, null]);
  });
});

describe("a directory", () => {
  it("that is built while the server runs is served from then on, and one built again is read again", async () => {
    const dir = join(scratch, "late", "dist");
    const files = filesOf(dir);
    expect(await files.open()).toBeNull();
    build("late", { "index.html": "first" });
    expect(await files.open()).toBeNull();
    nowMs += 1_000;
    expect((await files.open())?.text("index.html")).toBe("first");
    build("late", { "index.html": "second one" });
    nowMs += 1_000;
    expect((await files.open())?.text("index.html")).toBe("second one");
    build("late", { "assets/comes-last.js": "1" });
    nowMs += 1_000;
    expect((await files.open())?.text("assets/comes-last.js")).toBe("1");
  });

  it("that holds too much is refused by name, and served once it was mended", async () => {
    const dir = build("large", { "index.html": "x", "huge.js": Buffer.alloc(STATIC_FILE_BYTES_MAX + 1) });
    const files = filesOf(dir);
    await expect(files.open()).rejects.toThrow(/huge\.js is over 8388608 bytes/);
    rmSync(join(dir, "huge.js"));
    expect((await files.open())?.text("index.html")).toBe("x");
  });
});
