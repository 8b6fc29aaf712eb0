import { describe, expect, it } from "vitest";
import { clusterKey, hostId, installationId } from "@cynosure/model";
import { nameCluster, nameHost, outsidePath } from "./names.ts";
import { sandboxArgv } from "./sandbox.ts";

const id = installationId("0badcafe");
const cluster = nameCluster(id, "/data/hosts", clusterKey("/subscriptions/s/clusters/Proof-of-Concept"));
const host = (index: number, name = `host-${index}`) => nameHost(id, cluster, hostId(name), index);

describe("names of local hosts", () => {
  it("carry the installation id and stay within what the kernel allows", () => {
    expect(cluster.networkNamespace).toMatch(/^cyn-0badcafe-[0-9a-f]{6}-net$/);
    expect(cluster.dir).toMatch(/^\/data\/hosts\/proof-of-concept-[0-9a-f]{6}$/);
    for (const index of [0, 31, 60_000]) expect(host(index).bridgePort.length).toBeLessThanOrEqual(15);
  });

  it("two clusters of one name in different groups do not meet", () => {
    expect(nameCluster(id, "/d", clusterKey("/g/one/clusters/c")).dir).not.toBe(nameCluster(id, "/d", clusterKey("/g/two/clusters/c")).dir);
  });

  it("give every index an address and a link address of its own", () => {
    expect(host(0).address).toBe("10.88.0.10");
    expect(host(31).address).toBe("10.88.0.41");
    expect(host(246).address).toBe("10.88.1.0");
    const indexes = Array.from({ length: 600 }, (_, index) => index);
    expect(new Set(indexes.map((index) => host(index).address)).size).toBe(600);
    expect(new Set(indexes.map((index) => host(index).macAddress)).size).toBe(600);
  });

  it("a host name that could leave its directory, or a path that leaves the host's tree, is refused", () => {
    for (const name of ["../other", "Host", "", "a/b", "-a", ".records"]) expect(() => host(0, name)).toThrow(/cannot be a host name/);
    expect(outsidePath(host(0), "/var/lib/cynosure/disks/disk-0")).toBe(`${cluster.dir}/host-0/disks/disk-0`);
    for (const path of ["/etc/passwd", "/var/lib/cynosure/../../etc", "/var/lib/cynosure-else/x"]) expect(() => outsidePath(host(0), path)).toThrow(/not below \/var\/lib\/cynosure/);
  });
});

describe("the sandbox of a host", () => {
  const input = { installationId: id, hostId: hostId("host-0"), mark: "m", imageDir: "/i", stateDir: "/s", hostsFile: "/h", projectDir: "/p", nodeBinary: "/n/bin/node", homeDir: "/p/.cynosure", gatewaySocketDir: "/g", supervisorScript: null, agentArgv: ["agent"], infoFd: 3 };

  it("hides an installation that lies inside the project tree, and only there", () => {
    expect(sandboxArgv(input).join(" ")).toContain("--tmpfs /opt/cynosure/.cynosure");
    expect(sandboxArgv({ ...input, homeDir: "/elsewhere" }).join(" ")).not.toContain("--tmpfs /opt/cynosure/");
  });

  it("gives a host no right over the machine, and one writable tree besides its sockets", () => {
    const argv = sandboxArgv(input);
    for (const name of ["CAP_SYS_ADMIN", "CAP_SYS_MODULE", "CAP_MKNOD", "CAP_SYS_RAWIO"]) expect(argv[argv.indexOf(name) - 1]).toBe("--cap-drop");
    const writable = argv.flatMap((word, index) => (word === "--bind" ? [argv[index + 2]] : []));
    expect(writable).toEqual(["/var/lib/cynosure", "/run/cynosure-gateway"]);
    expect(argv).not.toContain("--die-with-parent");
  });
});
