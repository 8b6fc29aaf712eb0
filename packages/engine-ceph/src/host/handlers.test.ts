// The host side without a cluster: what is refused, and what is read from the tools.
import { describe, expect, it } from "vitest";
import { readBounds } from "./directory-bounds.ts";
import { readRates } from "./fio.ts";
import { createCephHostHandlers } from "./index.ts";
import { readCommands } from "./payload.ts";
import { lastLines, runTool } from "./tool.ts";

const handlers = createCephHostHandlers();
const bounds = { root: "/volumes/_nogroup/home.100/8c5b1c4e-0000-4000-8000-000000000001", path: "/projects", bytes: 1, files: 0, makes: true };
const ask = (kind: string, payload: unknown): Promise<unknown> => handlers[kind]?.(payload, AbortSignal.timeout(10_000)) ?? Promise.reject(new Error("no handler"));

describe("payloads from the network", () => {
  it.each([
    ["ceph.monCommands", null],
    ["ceph.monCommands", { commands: [] }],
    ["ceph.monCommands", { commands: [{ target: "osd", command: { prefix: "status" } }] }],
    ["ceph.monCommands", { commands: [{ command: { prefix: "status" }, shell: "true" }] }],
    ["ceph.radosgwAdmin", { operation: "user create", gateway: "host-1" }],
    ["ceph.radosgwAdmin", { operation: "configureZone", gateway: "--conf=/etc/passwd" }],
    ["ceph.radosgwAdmin", { operation: "removeBucket", gateway: "host-1", bucket: "../x" }],
    ["ceph.s3", { operation: "ensureBucket", bucket: "results", endpoint: "http://169.254.169.254.example:80" }],
    ["ceph.s3", { operation: "dropEverything", bucket: "results", endpoint: "http://10.88.0.10:7480" }],
    ["ceph.fio", { seconds: 0 }],
    ["ceph.fio", { seconds: 5, device: "/dev/sda" }],
    ["ceph.quota", { ...bounds, root: "/" }],
    ["ceph.quota", { ...bounds, root: "/volumes/../etc/x" }],
    ["ceph.quota", { ...bounds, path: "/../other" }],
    ["ceph.quota", { ...bounds, path: "projects" }],
    ["ceph.quota", { ...bounds, bytes: -1 }],
    ["ceph.quota", { ...bounds, files: 1.5 }],
    ["ceph.quota", { ...bounds, makes: "yes" }],
    ["ceph.quota", { ...bounds, attribute: "ceph.dir.layout" }],
  ])("%s refuses %j", async (kind, payload) => {
    await expect(ask(kind, payload)).rejects.toMatchObject({ code: "BadPayload" });
  });
  it("are commands for the monitors unless they say otherwise", () => {
    expect(readCommands({ commands: [{ command: { prefix: "status" } }] })).toEqual([{ target: "mon", command: { prefix: "status" } }]);
  });
  it("are answered with HostFileMissing on a host that holds no administrator's key", async () => {
    await expect(ask("ceph.monCommands", { commands: [{ command: { prefix: "status" } }] })).rejects.toMatchObject({ code: "HostFileMissing" });
    await expect(ask("ceph.quota", bounds)).rejects.toMatchObject({ code: "HostFileMissing" });
  });
});

describe("bounds of a directory", () => {
  it("are attributes of it, bytes left alone where the file system's size holds them", () => {
    expect(readBounds(bounds)).toMatchObject({ path: "/projects", attributes: [["ceph.quota.max_bytes", "1"], ["ceph.quota.max_files", "0"]], makes: true });
    expect(readBounds({ ...bounds, path: "/", bytes: null }).attributes).toEqual([["ceph.quota.max_files", "0"]]);
  });
});

describe("tools", () => {
  it("end when their time is over", async () => {
    const result = await runTool("sh", ["-c", "exec sleep 30"], 50);
    expect(result.code).not.toBe(0);
  });
  it("report exit code, output and errors apart", async () => {
    expect(await runTool("sh", ["-c", "echo out; echo err >&2; exit 3"], 5_000)).toEqual({ code: 3, stdout: "out\n", stderr: "err\n" });
  });
  it("are quoted by their last lines", () => {
    expect(lastLines("a\nb\nc\nd\n")).toBe("b c d");
  });
});

describe("rates of fio", () => {
  it("are read from the JSON behind its notes, in units of 1,000,000 bytes a second", () => {
    expect(readRates(`note: both iodepth\n{"jobs":[{"error":0,"read":{"bw_bytes":61250000},"write":{"bw_bytes":62000000}}]}`)).toEqual({ readMBps: 61.3, writeMBps: 62 });
  });
  it("are refused when the run failed", () => {
    expect(() => readRates(`{"jobs":[{"error":5,"read":{"bw_bytes":0},"write":{"bw_bytes":0}}]}`)).toThrow("error 5");
  });
});
