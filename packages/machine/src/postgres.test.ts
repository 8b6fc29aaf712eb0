import { chmodSync, chownSync, cpSync, mkdirSync, mkdtempSync, rmSync, statSync, readFileSync, readdirSync, unlinkSync, lstatSync, existsSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, it, describe } from "vitest";
import { Client } from "pg";
import { installationId } from "@cynosure/model";
import { describeWhen } from "../../../test/require.ts";
import { startEmbeddedPostgres, stopEmbeddedPostgres } from "./postgres.ts";
import type { EmbeddedPostgres, EmbeddedPostgresOptions } from "./postgres.ts";
import { choosePostgresRunner, locatePostgres } from "./postgres-binaries.ts";
import { isProcessAlive, readProcessStat, waitUntilProcessGone } from "./process.ts";

const id = installationId("7e57aa01");
const cleanups: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

function makeOptions(under = ""): EmbeddedPostgresOptions {
  const root = mkdtempSync(join(tmpdir(), "cynosure-postgres-"));
  const parent = join(root, under);
  mkdirSync(parent, { recursive: true, mode: 0o700 });
  const dataDir = join(parent, "postgres");
  cleanups.push(async () => {
    await stopEmbeddedPostgres(dataDir);
    rmSync(root, { recursive: true, force: true });
  });
  return { dataDir, installationId: id, logFile: join(parent, "postgres.log") };
}

async function query(postgres: EmbeddedPostgres, text: string): Promise<unknown[]> {
  const client = new Client({ connectionString: postgres.url });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(text)).rows;
  } finally {
    await client.end();
  }
}

describe("embedded PostgreSQL", () => {
  it("starts on loopback with a password that only we can read, and stops", async () => {
    const options = makeOptions();
    const postgres = await startEmbeddedPostgres(options);
    expect(postgres.adopted).toBe(false);
    expect(postgres.connection.host).toBe("127.0.0.1");
    expect(await query(postgres, "select current_database() as name")).toEqual([{ name: "cynosure" }]);
    expect(statSync(`${options.dataDir}.password`).mode & 0o777).toBe(0o600);
    expect(readFileSync(`/proc/${postgres.process.pid}/cmdline`, "utf8")).not.toContain(postgres.connection.password);
    await expect(query({ ...postgres, url: postgres.url.replace(encodeURIComponent(postgres.connection.password), "wrong") }, "select 1")).rejects.toThrow(/password authentication failed/);
    await postgres.stop();
    expect(isProcessAlive(postgres.process)).toBe(false);
  });

  it("is its own session, and a later start adopts it with its data", async () => {
    const options = makeOptions();
    const first = await startEmbeddedPostgres(options);
    await query(first, "create table kept (n int)");
    const stat = readFileSync(`/proc/${first.process.pid}/stat`, "utf8").split(") ")[1]?.split(" ") ?? [];
    expect(Number(stat[3])).toBe(first.process.pid);
    const second = await startEmbeddedPostgres(options);
    expect(second.adopted).toBe(true);
    expect(second.process).toEqual(first.process);
    expect(await query(second, "select count(*)::int as n from kept")).toEqual([{ n: 0 }]);
  });

  it("two starters at once end with one server", async () => {
    const options = makeOptions();
    const both = await Promise.all([startEmbeddedPostgres(options), startEmbeddedPostgres(options)]);
    expect(new Set(both.map((one) => one.process.pid)).size).toBe(1);
    expect(both.map((one) => one.adopted).sort()).toEqual([false, true]);
  });

  it("starts again after its postmaster was killed while a session was open", async () => {
    const options = makeOptions();
    const first = await startEmbeddedPostgres(options);
    await query(first, "create table kept as select generate_series(1, 100) as n");
    const busy = new Client({ connectionString: first.url });
    busy.on("error", () => {});
    await busy.connect();
    const sleeping = busy.query("select pg_sleep(30)").catch(() => "cut");
    process.kill(first.process.pid, "SIGKILL");
    await waitUntilProcessGone(first.process, 10_000);
    const second = await startEmbeddedPostgres(options);
    expect(second.adopted).toBe(false);
    expect(await query(second, "select count(*)::int as n from kept")).toEqual([{ n: 100 }]);
    expect(await sleeping).toBe("cut");
  });

  it("is not misled by a stale postmaster.pid that names a living stranger", async () => {
    const options = makeOptions();
    const first = await startEmbeddedPostgres(options);
    await first.stop();
    const { writeFileSync } = await import("node:fs");
    writeFileSync(join(options.dataDir, "postmaster.pid"), `${process.pid}\n${options.dataDir}\n0\n1\n\n127.0.0.1\n\nready\n`);
    const second = await startEmbeddedPostgres(options);
    expect(second.adopted).toBe(false);
    expect(second.process.pid).not.toBe(process.pid);
  });

  it("works below a path of 150 characters that only we may enter", async () => {
    const options = makeOptions(join("a".repeat(70), "b".repeat(70)));
    expect(options.dataDir.length).toBeGreaterThan(150);
    const postgres = await startEmbeddedPostgres(options);
    expect(await query(postgres, "select 1 as one")).toEqual([{ one: 1 }]);
  });

  it("listens on a unix socket alone when asked, and refuses a socket path the kernel would refuse", async () => {
    const options = makeOptions();
    const socketDir = mkdtempSync(join(tmpdir(), "cyn-s-"));
    cleanups.push(async () => rmSync(socketDir, { recursive: true, force: true }));
    const postgres = await startEmbeddedPostgres({ ...options, socketDir });
    expect(postgres.connection.host).toBe(socketDir);
    expect(await query(postgres, "select inet_server_addr() as address")).toEqual([{ address: null }]);
    await expect(startEmbeddedPostgres({ ...options, socketDir: join(socketDir, "x".repeat(100)) })).rejects.toThrow(/Linux allows 107/);
  });

  it("is remade from scratch when a first start was killed half-way", async () => {
    const options = makeOptions();
    mkdirSync(`${options.dataDir}.new`);
    const postgres = await startEmbeddedPostgres(options);
    expect(existsSync(`${options.dataDir}.new`)).toBe(false);
    expect(readdirSync(options.dataDir)).toContain("PG_VERSION");
    expect(readProcessStat(postgres.process.pid)?.comm).toBe("postgres");
  });

  it("restores library links that an install without scripts left out", () => {
    const { root } = locatePostgres();
    const link = join(root, "native", "lib", "libecpg.so");
    if (existsSync(link)) unlinkSync(link);
    locatePostgres();
    expect(lstatSync(link).isSymbolicLink()).toBe(true);
  });
});

describeWhen(process.getuid?.() === 0 ? null : "needs root to give a directory to another user", "embedded PostgreSQL started by root", () => {
  it("runs where a directory on the way belongs to another user alone, as under sudo in a home directory", async () => {
    const options = makeOptions("home/.cynosure");
    const home = join(options.dataDir, "../..");
    chownSync(home, 12_345, 12_345);
    chmodSync(home, 0o700);
    const postgres = await startEmbeddedPostgres(options);
    expect(await query(postgres, "select 1 as one")).toEqual([{ one: 1 }]);
    expect(statSync(`/proc/${postgres.process.pid}`).uid).not.toBe(0);
  });

  it("reaches binaries and data that both lie in a home directory nobody else may enter", async () => {
    const home = join(makeOptions("home").dataDir, "..");
    const { root, postgres, initdb } = locatePostgres();
    const copyRoot = join(home, "checkout");
    cpSync(root, copyRoot, { recursive: true, verbatimSymlinks: true });
    chownSync(home, 12_345, 12_345);
    chmodSync(home, 0o700);
    const runner = await choosePostgresRunner({ root: copyRoot, postgres: postgres.replace(root, copyRoot), initdb: initdb.replace(root, copyRoot) }, home);
    expect(runner.kind).toBe("nobodyMounted");
  });

  it("leaves its files to root where nothing is in the way", async () => {
    const options = makeOptions();
    await startEmbeddedPostgres(options);
    expect(statSync(options.dataDir).uid).toBe(0);
  });
});
