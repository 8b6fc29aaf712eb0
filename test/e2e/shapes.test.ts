// Other shapes than the example's, delivered on real Ceph and verified by round trip: the smallest, an
// erasure-coded one, and one with more hosts than the machine has processors many times over.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { isNothingLeft } from "@cynosure/machine";
import { describeWhen } from "../require.ts";
import { createHome, lastJson, missingForCeph } from "./support/cynosure.ts";

interface Shape {
  readonly hosts: number;
  readonly fileSystem: string;
  readonly bucket: string;
  /** What the plan must show of the data pools. */
  readonly pools: readonly RegExp[];
}

const shapes: readonly Shape[] = [
  { hosts: 3, fileSystem: "{ hostFailures: 1 }", bucket: "{ hostFailures: 1 }", pools: [/replication-1 +3 copies/] },
  { hosts: 5, fileSystem: "{ hostFailures: 1, scheme: erasureCoding }", bucket: "{ hostFailures: 1 }", pools: [/erasure\S* +3\+2 chunks/i, /replication-1 +3 copies/] },
  { hosts: 12, fileSystem: "{ hostFailures: 2 }", bucket: "{ hostFailures: 1, scheme: erasureCoding }", pools: [/erasure\S* +4\+2 chunks/i, /replication-2 +4 copies/] },
];

const requirementOf = ({ hosts, fileSystem, bucket }: Shape): string => `
apiVersion: cynosure/v1
kind: Requirement
name: shape-${hosts}
sites:
  - name: here
    location: local
    hosts: { count: ${hosts} }
    fileSystems:
      - { name: home, usableCapacityGB: 1, protocols: [nfs], protection: ${fileSystem} }
    buckets:
      - { name: results, protection: ${bucket} }
`;

describeWhen(missingForCeph(), "other shapes on real Ceph", () => {
  it.each(shapes)("delivers and verifies $hosts hosts", async (shape) => {
    const home = createHome();
    try {
      const path = join(home.dir, "requirement.yaml");
      writeFileSync(path, requirementOf(shape));
      const started = home.start(["up", "--rung", "a", "--yes", "--requirement", path]);
      await started.untilSays("Ready. Ctrl-C stops everything");
      const plan = await home.run(["plan", "show", "--cluster", `shape-${shape.hosts}`]);
      for (const pool of shape.pools) expect(plan.stdout).toMatch(pool);
      const hosts = lastJson(await home.run(["host", "list", "--cluster", `shape-${shape.hosts}`, "--json"]))["value"];
      expect(hosts).toHaveLength(shape.hosts);
      started.child.kill("SIGINT");
      const end = await started.ended;
      expect(end.code, end.stdout + end.stderr).toBe(0);
      expect(end.stdout).toMatch(/file on home: .* read through nfs-2 .*: SHA-256 equal/);
      expect(end.stdout).toMatch(/object in results: .* read through s3-2 .*: SHA-256 equal/);
      expect(isNothingLeft(home.leftovers())).toBe(true);
    } finally {
      home.remove();
    }
  });
});
