// The same start on other shapes than the example: the smallest cluster, an erasure-coded one, a wide one.
// Real Ceph each time; verification by checksum is what `up` itself does.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, expect, it } from "vitest";
import { isNothingLeft } from "@cynosure/machine";
import { describeWhen } from "../require.ts";
import { createHome, type Home, lastJson } from "./support/cynosure.ts";
import { missingForRealCeph } from "./support/prerequisites.ts";

interface Shape {
  readonly hosts: number;
  readonly title: string;
  readonly protection: string;
}

const shapes: readonly Shape[] = [
  { hosts: 3, title: "replicated", protection: "{ hostFailures: 1 }" },
  { hosts: 5, title: "erasure-coded", protection: "{ hostFailures: 1, scheme: erasureCoding }" },
  { hosts: 12, title: "replicated over more failures", protection: "{ hostFailures: 2 }" },
];

const requirement = ({ hosts, protection }: Shape): string => `apiVersion: cynosure/v1
kind: Requirement
name: shape-${hosts}
sites:
  - name: here
    location: local
    hosts: { count: ${hosts} }
    fileSystems:
      - { name: home, usableCapacityGB: 1, protocols: [nfs], protection: ${protection} }
    buckets:
      - { name: results, protection: ${protection} }
`;

describeWhen(missingForRealCeph(), "cynosure up on other shapes", () => {
  let home: Home | null = null;
  afterEach(async () => {
    if (home !== null && home.leftovers().processes.length > 0) await home.run(["up", "--fresh", "--yes", "--rung", "d", "--exit-when-ready", "--json"]);
    home?.remove();
    home = null;
  });

  it.each(shapes)("delivers $hosts hosts, $title, verified, and leaves nothing running", async (shape) => {
    home = createHome();
    const path = join(home.dir, "requirement.yaml");
    writeFileSync(path, requirement(shape));
    const end = await home.run(["up", "--rung", "a", "--exit-when-ready", "--json", "--yes", "--requirement", path]);
    expect(end.code, end.stderr).toBe(0);
    expect(lastJson(end)).toMatchObject({ ready: true, engine: "ceph", rung: "a", hosts: shape.hosts, health: "HEALTH_OK", verified: { nfs: true, s3: true } });
    expect(isNothingLeft(home.leftovers())).toBe(true);
  });
});
