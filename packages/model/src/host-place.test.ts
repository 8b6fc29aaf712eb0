import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { clusterKey, hostId } from "./ids.ts";
import { parseHostPlace, placeHostPlan, placeText } from "./host-place.ts";
import type { HostPlace } from "./host-place.ts";
import type { HostPlan } from "./host-plan.ts";

const place: HostPlace = { stateDir: "/data/hosts/a/host-1", runDir: "/tmp/r/h1", gatewayDir: "/tmp/r/gateway", imageDir: "/images/ceph", programsDir: "/data/hosts/a/.programs", address: "127.9.8.10" };

describe("a host in place", () => {
  it("has each path of a plan where it really is, wherever the path begins", () => {
    const at = (text: string): string => placeText(place, text);
    expect(at("/var/lib/cynosure/ceph/ceph.conf")).toBe("/data/hosts/a/host-1/ceph/ceph.conf");
    expect(at("run_dir = /run\nadmin_socket = /run/$cluster.asok\n")).toBe("run_dir = /tmp/r/h1\nadmin_socket = /tmp/r/h1/$cluster.asok\n");
    expect(at("unix:/run/cynosure-gateway/gateway.sock")).toBe("unix:/tmp/r/gateway/gateway.sock");
    expect(at('--infile=/var/lib/cynosure/x Plugins_Dir = "/usr/lib/ganesha"; PYTHONHOME=/usr')).toBe('--infile=/data/hosts/a/host-1/x Plugins_Dir = "/images/ceph/usr/lib/ganesha"; PYTHONHOME=/images/ceph/usr');
  });

  it("keeps what only looks like such a path", () => {
    for (const text of ["/var/lib/cynosure-other/x", "/srv/var/lib/cynosure/x", "/running", "/usr2/lib", "https://host/run/x", "a/usr/b", "x+/run/y", "/var/lib/ceph"]) expect(placeText(place, text)).toBe(text);
  });

  it("leaves keys as they are, whatever they hold", () => {
    // Ceph's keys are base64 of a header that never begins with a slash; names and fields stand before a key.
    fc.assert(fc.property(fc.base64String({ minLength: 4, maxLength: 60 }), fc.constantFrom("", "/run/", "/usr/", "/var/lib/cynosure/"), fc.base64String({ maxLength: 20 }), (head, middle, tail) => {
      const key = `key = AQ${head.replaceAll("=", "")}${middle}${tail}\n`;
      expect(placeText(place, key)).toBe(key);
    }));
  });

  it("changes a plan in its files, disks, commands, environments and read paths, and in nothing else", () => {
    const plan: HostPlan = {
      clusterKey: clusterKey("/clusters/usr"), hostId: hostId("host-1"), generation: 3, stage: 2, image: { name: "ceph" },
      files: [{ path: "/var/lib/cynosure/f", mode: 0o600, stage: 1, text: "at /run/x" }],
      disks: [{ name: "disk0", path: "/var/lib/cynosure/disks/disk0", sizeBytes: 5 }],
      daemons: [{
        id: "osd.0", kind: "osd", prepareStage: 1, stage: 2, prepare: [{ argv: ["mkfs", "/var/lib/cynosure/o"], creates: "/var/lib/cynosure/o/ready", timeoutMsMax: 9 }], argv: ["run", "-c", "/var/lib/cynosure/f"],
        env: { HOME_OF: "/usr" }, reads: ["/var/lib/cynosure/f"], reload: { paths: ["/var/lib/cynosure/f"], signal: "SIGHUP" }, ready: { tcpPort: 1 }, stopSignal: "SIGTERM", stopTimeoutMsMax: 7,
      }],
    };
    expect(placeHostPlan(place, plan)).toEqual({
      ...plan,
      files: [{ ...plan.files[0], path: "/data/hosts/a/host-1/f", text: "at /tmp/r/h1/x" }],
      disks: [{ ...plan.disks[0], path: "/data/hosts/a/host-1/disks/disk0" }],
      daemons: [{
        ...plan.daemons[0], prepare: [{ argv: ["mkfs", "/data/hosts/a/host-1/o"], creates: "/data/hosts/a/host-1/o/ready", timeoutMsMax: 9 }], argv: ["run", "-c", "/data/hosts/a/host-1/f"],
        env: { HOME_OF: "/images/ceph/usr" }, reads: ["/data/hosts/a/host-1/f"], reload: { paths: ["/data/hosts/a/host-1/f"], signal: "SIGHUP" },
      }],
    });
    expect(placeHostPlan(null, plan)).toBe(plan);
  });

  it("is refused where a path would change the meaning of scripts and settings, or is missing", () => {
    expect(parseHostPlace(JSON.stringify(place))).toEqual(place);
    expect(parseHostPlace(undefined)).toBeNull();
    expect(() => parseHostPlace(JSON.stringify({ ...place, stateDir: "/data/my hosts" }))).toThrow(/other characters.*CYNOSURE_HOME/);
    expect(() => parseHostPlace(JSON.stringify({ ...place, runDir: "/tmp/$(x)" }))).toThrow(/other characters/);
    expect(() => parseHostPlace(JSON.stringify({ ...place, address: "" }))).toThrow(/lacks address/);
  });
});
