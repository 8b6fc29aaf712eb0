import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { mkdtempSync, rmSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { TOOL_DIR, nfsGateway } from "./nfs-gateway.ts";
import type { RoundTrip, StorageGateway } from "./round-trip.ts";
import { verifyRoundTrip } from "./round-trip.ts";
import { s3Gateway } from "./s3-gateway.ts";
import { flipOneByte, seededBytes, sha256 } from "./seeded-file.ts";
import { readVerificationRecord, writeVerificationRecord } from "./verification-record.ts";

function gatewaysOver(store: Map<string, Buffer>, labels: readonly string[]): StorageGateway[] {
  return labels.map((label) => ({
    label,
    write: async (name, bytes) => void store.set(name, Buffer.from(bytes)),
    read: async (name) => store.get(name) ?? Promise.reject(new Error("no such file")),
    probe: async () => {},
  }));
}

const trip = (store: Map<string, Buffer>, more: Partial<RoundTrip> = {}): RoundTrip => ({
  what: "file on home",
  gateways: gatewaysOver(store, ["nfs-1", "nfs-2"]),
  name: "verify-1",
  seed: "1",
  sizeBytes: 1_048_576,
  earlier: null,
  fault: "none",
  ...more,
});

describe("verification", () => {
  it("holds when what one gateway took the other gives back", async () => {
    const result = await verifyRoundTrip(trip(new Map()));
    expect(result.isVerified).toBe(true);
    expect(result.written?.sha256).toBe(sha256(seededBytes("1", 1_048_576)));
    expect(result.lines).toEqual([expect.stringContaining("1 MiB written through nfs-1, read through nfs-2: SHA-256 equal")]);
  });

  it("fails when one byte changed between write and read", async () => {
    const result = await verifyRoundTrip(trip(new Map(), { fault: "flip-byte" }));
    expect(result).toMatchObject({ isVerified: false, written: null });
    expect(result.lines[0]).toContain("SHA-256 DIFFERS");
  });

  it("fails when data of an earlier run changed or is gone, even when the new file is right", async () => {
    const store = new Map<string, Buffer>();
    const first = await verifyRoundTrip(trip(store));
    expect((await verifyRoundTrip(trip(store, { name: "verify-2", seed: "2", earlier: first.written }))).isVerified).toBe(true);
    store.set("verify-1", flipOneByte(store.get("verify-1") ?? Buffer.alloc(1)));
    expect((await verifyRoundTrip(trip(store, { name: "verify-3", seed: "3", earlier: first.written }))).isVerified).toBe(false);
    store.delete("verify-1");
    const gone = await verifyRoundTrip(trip(store, { name: "verify-4", seed: "4", earlier: first.written }));
    expect(gone.isVerified).toBe(false);
    expect(gone.lines[0]).toContain("reading verify-1 through nfs-1 failed: no such file");
  });

  it("does not pass with one gateway: reading where it was written proves nothing", async () => {
    const result = await verifyRoundTrip(trip(new Map(), { gateways: gatewaysOver(new Map(), ["nfs-1"]) }));
    expect(result.isVerified).toBe(false);
  });

  it("makes the same bytes from the same seed only", () => {
    expect(sha256(seededBytes("a", 1000))).toBe(sha256(seededBytes("a", 1000)));
    expect(sha256(seededBytes("a", 1000))).not.toBe(sha256(seededBytes("b", 1000)));
  });
});

describe("gateways as clients see them", () => {
  const dir = mkdtempSync(join(tmpdir(), "cynosure-verify-"));
  const objects = new Map<string, Buffer>();
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const key = request.url ?? "";
      if (!request.headers.authorization?.startsWith("AWS4-HMAC-SHA256 Credential=id/")) return void response.writeHead(403).end("SignatureDoesNotMatch");
      if (request.method === "PUT") objects.set(key, Buffer.concat(chunks));
      const body = objects.get(key);
      if (body === undefined) return void response.writeHead(404).end("NoSuchKey");
      response.writeHead(200).end(request.method === "GET" ? body : "");
    });
  });
  beforeAll(() => new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve)));
  afterAll(() => {
    server.close();
    rmSync(dir, { recursive: true });
  });

  it("signs S3 requests, keeps path style, and reports the service's words", async () => {
    // A listening TCP server has an AddressInfo.
    const endpoint = { name: "s3-1", address: "127.0.0.1", port: (server.address() as AddressInfo).port };
    const gateway = s3Gateway(endpoint, "results", { accessKeyId: "id", secretAccessKey: "secret" });
    await gateway.write("verify/1", Buffer.from("abc"));
    expect([...objects.keys()]).toEqual(["/results/verify/1"]);
    expect((await gateway.read("verify/1")).toString()).toBe("abc");
    await expect(gateway.read("absent")).rejects.toThrow(/answered 404: NoSuchKey/);
  });

  it("copies files with nfs-cp through version 4 on the endpoint's port, and fails as the tool fails", async () => {
    const calls: string[][] = [];
    const endpoint = { name: "nfs-1", address: "127.0.0.1", port: 20491 };
    const gateway = nfsGateway(
      endpoint,
      "/home",
      async (argv, options) => {
        calls.push([...argv]);
        const [, from = "", to = ""] = argv.map((each) => each.replace(TOOL_DIR, options.dir));
        if (from.includes("absent")) return { code: 10, stderr: "NFS4ERR_NOENT" };
        if (to.startsWith("nfs:")) objects.set(to, await readFile(from));
        else await writeFile(to, objects.get(from) ?? "");
        return { code: 0, stderr: "" };
      },
      dir,
    );
    await gateway.write("verify-1", Buffer.from("abc"));
    expect((await gateway.read("verify-1")).toString()).toBe("abc");
    expect(calls[0]?.[2]).toBe("nfs://127.0.0.1/home/verify-1?version=4&nfsport=20491");
    await expect(gateway.read("absent")).rejects.toThrow(/ended with 10: NFS4ERR_NOENT/);
  });

  it("remembers what was written for the same cluster only", async () => {
    const path = join(dir, "verification.json");
    const item = { name: "verify-1", sha256: "00", sizeBytes: 1 };
    expect(await readVerificationRecord(path, "/a")).toBeNull();
    await writeVerificationRecord(path, { clusterId: "/a", nfs: item, s3: null });
    expect(await readVerificationRecord(path, "/a")).toEqual({ clusterId: "/a", nfs: item, s3: null });
    expect(await readVerificationRecord(path, "/b")).toBeNull();
    await writeFile(path, "{}");
    await expect(readVerificationRecord(path, "/a")).rejects.toThrow(/not a verification record/);
  });
});
