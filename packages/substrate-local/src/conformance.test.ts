import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { LOCAL_LOCATION, LOCAL_SIZE, openInstallation } from "@cynosure/machine";
import { HOST_STATE_DIR, clusterKey, hostId } from "@cynosure/model";
import { describeSubstrate } from "@cynosure/substrate/testkit";
import type { SubstrateSuiteOptions } from "@cynosure/substrate/testkit";
import { describeWhen } from "../../../test/require.ts";
import { createLocalSubstrate } from "./substrate.ts";
import { NODE_INSIDE } from "./sandbox.ts";
import { rungsHere } from "./testkit/rungs-here.ts";
import { makeTinyImage } from "./testkit/tiny-image.ts";

/** Rules that a rung cannot keep, each with its reason and the code it must refuse with. */
const refusedOn: Readonly<Record<string, SubstrateSuiteOptions["refuses"]>> = {
  c: [{ reason: "hosts in place share the machine's network, so that a link cannot be cut", code: "LinkCannotBeCut", cases: ["SUB-14"] }],
};

for (const { letter, rung, missing } of rungsHere()) {
  describeWhen(missing, `rung ${letter}`, () => {
    describeSubstrate(
      async () => {
        const home = mkdtempSync(join(tmpdir(), "cynosure-conformance-"));
        const imageDir = join(home, "image");
        await makeTinyImage(imageDir, process.execPath);
        const installation = openInstallation({ homeDir: join(home, "data"), runtimeBaseDir: join(home, "run") });
        const substrate = createLocalSubstrate({
          installation,
          rung: rung(installation),
          imageDirFor: () => imageDir,
          nodeBinary: process.execPath,
          projectDir: resolve(import.meta.dirname, "../../.."),
          agentArgv: [NODE_INSIDE, "-e", "setInterval(() => {}, 60_000)"],
        });
        let clusters = 0;
        return {
          substrate,
          location: LOCAL_LOCATION,
          sleep: (ms) => sleep(ms),
          newCluster: () => {
            const key = clusterKey(`/subscriptions/s/clusters/conformance-${(clusters += 1)}`);
            return {
              clusterKey: key,
              installationId: installation.id,
              hostSpec: (index) => ({
                hostId: hostId(`host-${index}`),
                index,
                size: LOCAL_SIZE,
                failureDomain: `host-${index}`,
                disks: [{ name: "disk-0", path: `${HOST_STATE_DIR}/disks/disk-0`, sizeBytes: 2 ** 30 }],
                image: { name: "tiny" },
                boot: { clusterKey: key, hostId: hostId(`host-${index}`), joinToken: "once", caPem: "", gatewayUrl: "unix:/run/cynosure-gateway/gateway.sock" },
              }),
            };
          },
          close: async () => {
            await substrate.close();
            rmSync(home, { recursive: true, force: true });
          },
        };
      },
      { name: `the local substrate on rung ${letter}`, refuses: refusedOn[letter] ?? [] },
    );
  });
}
