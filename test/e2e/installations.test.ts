// Where the product stands on a machine: two installations side by side that do not meet, a checkout in a closed
// directory of root, and a machine without a way to any archive.
import { mkdirSync, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { isNothingLeft } from "@cynosure/machine";
import { describeWhen } from "../require.ts";
import { makeCheckout } from "./support/checkout.ts";
import { createHome, lastJson, missingForCeph } from "./support/cynosure.ts";
import type { Home } from "./support/cynosure.ts";
import { CLUSTER, daemonsOf, endHome, isStillThere, processesOf, writeSmallRequirement } from "./support/small-cluster.ts";

/** A network of its own with nothing but loopback: no archive, no name server, no proxy. */
const withoutNetwork = ["unshare", "--net", "sh", "-ec", 'ip link set lo up; exec "$@"', "alone"];
const READY = "Ready. Ctrl-C stops everything";
const SECONDS_TO_REFUSE_MAX = 20;

/** Ports of 127.0.0.1 an installation was given: its API and its endpoints. */
async function portsOf(home: Home): Promise<readonly number[]> {
  const shown = lastJson(await home.run(["cluster", "show", CLUSTER, "--json"]));
  // `as`: the fields are part of the contract.
  const { endpoints } = shown["properties"] as { endpoints: readonly { port: number }[] };
  return [Number(new URL(home.record().url).port), ...endpoints.map((endpoint) => endpoint.port)];
}

const disjoint = (one: readonly unknown[], other: readonly unknown[]): boolean => one.length > 0 && other.length > 0 && one.every((each) => !other.includes(each));

describeWhen(missingForCeph(), "an installation on real Ceph", () => {
  it("works from a clone that root closed to all others, without a network, from the cached image; without the image it says what is missing in seconds", async () => {
    const checkout = await makeCheckout({ uid: 0, umask: "077" });
    const env = { HOME: checkout.parent, PATH: process.env["PATH"] ?? "", CYNOSURE_IMAGE_CACHE: checkout.imageCache };
    const home = createHome({ checkout: checkout.dir, dir: join(checkout.dir, ".cynosure"), enter: ["sh", "-c", 'umask 077; exec "$@"', "closed", ...withoutNetwork], env });
    try {
      const up = ["up", "--rung", "a", "--yes", "--exit-when-ready", "--json", "--requirement", writeSmallRequirement(checkout.parent)];
      const empty = join(checkout.parent, "no-images");
      const startedAt = performance.now();
      const refused = await home.run(up, { CYNOSURE_IMAGE_CACHE: empty });
      expect((performance.now() - startedAt) / 1000).toBeLessThan(SECONDS_TO_REFUSE_MAX);
      expect(refused.code, refused.stderr).toBe(6);
      expect(refused.stderr).toMatch(/the host image ceph-18\.2 is not built yet, and the Debian archive \S+ it is made from does not answer: .*; connect this machine, or its apt to a proxy, or bring the image/);
      expect(readdirSync(empty)).toEqual([]);
      expect(isNothingLeft(home.leftovers())).toBe(true);

      const end = await home.run(up);
      expect(end.code, end.stderr).toBe(0);
      expect(lastJson(end)).toMatchObject({ ready: true, engine: "ceph", rung: "a", hosts: 3, verified: { nfs: true, s3: true } });
      expect(isNothingLeft(home.leftovers())).toBe(true);
    } finally {
      await endHome(home);
      checkout.remove();
    }
  });

  it("does not meet another on the same machine: both are delivered at once, and stopping or forgetting one leaves the other as it was", async () => {
    const [one, other] = [createHome(), createHome()];
    try {
      const start = (home: Home) => home.start(["up", "--rung", "a", "--yes", "--requirement", writeSmallRequirement(home.dir)]);
      const [first, second] = [start(one), start(other)];
      await Promise.all([first.untilSays(READY), second.untilSays(READY)]);
      const [seen, seenToo] = [one.leftovers(), other.leftovers()];
      expect(seen.installationId).not.toBe(seenToo.installationId);
      expect(seen.networkNamespaces).toHaveLength(4);
      for (const kind of ["networkNamespaces", "runtimeDirs"] as const) expect(disjoint(seen[kind], seenToo[kind]), kind).toBe(true);
      expect(disjoint(processesOf(one).map((found) => found.pid), processesOf(other).map((found) => found.pid))).toBe(true);
      expect(disjoint(await portsOf(one), await portsOf(other))).toBe(true);

      const lasting = /^bwrap --unshare-pid|apps\/controlplane\/src\/main\.ts|bin\/postgres -D|packages\/agent\/src\/main\.ts/;
      const before = processesOf(other).filter((found) => lasting.test(found.commandLine));
      expect(before.length, "control plane, database, and for each host two of its sandbox and its agent").toBeGreaterThanOrEqual(11);
      const daemons = daemonsOf(other);
      expect(daemons).toHaveLength(14);
      const doctor = lastJson(await one.run(["doctor", "--json"]));
      expect(doctor["leftovers"]).toEqual(expect.arrayContaining([expect.objectContaining({ installationId: seenToo.installationId })]));
      first.child.kill("SIGINT");
      const end = await first.ended;
      expect(end.code, end.stdout + end.stderr).toBe(0);
      expect(isNothingLeft(one.leftovers())).toBe(true);
      mkdirSync(join(one.dir, "kept-only-without-fresh"));
      const fresh = await one.run(["up", "--fresh", "--rung", "d", "--yes", "--exit-when-ready", "--json"]);
      expect(fresh.code, fresh.stderr).toBe(0);
      expect(readdirSync(one.dir)).not.toContain("kept-only-without-fresh");
      expect(daemons.filter((found) => !isStillThere(found)).map((found) => found.commandLine)).toEqual([]);
      expect(before.filter((found) => !isStillThere(found)).map((found) => found.commandLine)).toEqual([]);

      // Its terminal goes away; the next start takes the running control plane over and reads what was written.
      second.child.kill("SIGKILL");
      await second.ended;
      const again = other.start(["up", "--yes", "--requirement", join(other.dir, "small.yaml")]);
      await again.untilSays(READY);
      expect(daemonsOf(other).map((found) => found.pid).toSorted()).toEqual(daemons.map((found) => found.pid).toSorted());
      again.child.kill("SIGINT");
      const last = await again.ended;
      expect(last.code, last.stdout + last.stderr).toBe(0);
      expect(last.stdout).toContain("Control plane was running");
      expect(last.stdout).toMatch(/file on home: 8 MiB written by an earlier run, read through nfs-2 .*: SHA-256 equal/);
      expect(last.stdout).toMatch(/object in results: 8 MiB written by an earlier run, read through s3-2 .*: SHA-256 equal/);
      expect(isNothingLeft(other.leftovers())).toBe(true);
      expect(readFileSync(join(other.dir, "installation.json"), "utf8")).toContain(seenToo.installationId);
    } finally {
      for (const home of [one, other]) await endHome(home);
    }
  });
});
