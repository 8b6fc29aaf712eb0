// A control plane killed while it makes hosts, at moments drawn from a seed: the next one completes them.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, it } from "vitest";
import { findOurProcesses, openInstallation, readInnermostPid } from "@cynosure/machine";
import type { FoundProcess } from "@cynosure/machine";
import { clusterKey, hostId } from "@cynosure/model";
import { describeWhen } from "../../../test/require.ts";
import type { Rung } from "./rung.ts";
import { NODE_INSIDE } from "./sandbox.ts";
import { createLocalSubstrate } from "./substrate.ts";
import { rungsHere } from "./testkit/rungs-here.ts";
import { makeTinyImage } from "./testkit/tiny-image.ts";

const HOSTS = 3;
const KILLS = 6;
const seed = Number(process.env["SEED"] ?? Date.now() % 1_000_000);

/** A small linear congruential stream: the same seed draws the same moments. */
function* draws(from: number): Generator<number, never> {
  for (let state = from; ; ) yield (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647;
}

const rungs = { a: "rootNamespaces", b: "makeUserNamespaces()", c: "makeLoopbackRung(installation)" } as const; // the keys are letters

/** What stands for a host: the first process of a PID namespace, or the supervisor of a host in place. */
function standingForHosts(letter: Rung["letter"], all: readonly FoundProcess[]): readonly FoundProcess[] {
  if (letter !== "c") return all.filter((found) => readInnermostPid(found.pid) === 1);
  const ours = new Set(all.map((found) => found.pid));
  return all.filter((found) => found.commandLine.includes(" cynosure-host-") && !ours.has(found.ppid));
}

const program = (home: string, letter: Rung["letter"]): string => `
  import { openInstallation } from "@cynosure/machine";
  const { createLocalSubstrate, rootNamespaces, makeUserNamespaces, makeLoopbackRung } = await import(${JSON.stringify(new URL("index.ts", import.meta.url).href)});
  const installation = openInstallation({ homeDir: ${JSON.stringify(join(home, "data"))}, runtimeBaseDir: ${JSON.stringify(join(home, "run"))} });
  const substrate = createLocalSubstrate({ installation, rung: ${rungs[letter]}, imageDirFor: () => ${JSON.stringify(join(home, "image"))}, nodeBinary: process.execPath, projectDir: ${JSON.stringify(resolve(import.meta.dirname, "../../.."))}, agentArgv: ["sleep", "1000"] });
  const call = { clusterKey: "/clusters/crash", installationId: installation.id, generation: 1, executorEpoch: 1 };
  console.log("begins");
  await substrate.ensureNetwork(call);
  await Promise.all(Array.from({ length: ${HOSTS} }, (_, index) => substrate.ensureHost(call, { hostId: "host-" + index, index, size: "local-small", failureDomain: "f", disks: [], image: { name: "tiny" }, boot: {} })));
  for (let index = 0; index < ${HOSTS}; index += 1) await substrate.destroyHost(call, "host-" + index);
  await substrate.destroyNetwork(call);`;

for (const { letter, rung, missing } of rungsHere()) {
  describeWhen(missing, `a control plane killed while it makes and destroys hosts on rung ${letter}`, () => {
    it(`leaves what the next one completes to one process per host, and then removes without a trace (seed=${seed})`, async () => {
      const home = mkdtempSync(join(tmpdir(), "cynosure-crash-"));
      await makeTinyImage(join(home, "image"), process.execPath);
      const installation = openInstallation({ homeDir: join(home, "data"), runtimeBaseDir: join(home, "run") });
      const substrate = createLocalSubstrate({ installation, rung: rung(installation), imageDirFor: () => join(home, "image"), nodeBinary: process.execPath, projectDir: resolve(import.meta.dirname, "../../.."), agentArgv: [NODE_INSIDE, "-e", "setInterval(() => {}, 60_000)"] });
      const key = clusterKey("/clusters/crash");
      const call = { clusterKey: key, installationId: installation.id, generation: 1, executorEpoch: 1 };
      const random = draws(seed + 1);
      try {
        for (let kill = 0; kill < KILLS; kill += 1) {
          const child = spawn(process.execPath, ["--input-type=module", "-e", program(home, letter)], { cwd: import.meta.dirname, stdio: ["ignore", "pipe", "inherit"] });
          await once(child.stdout, "data");
          await sleep(random.next().value * 900); // the moment of the kill is what the seed draws
          child.kill("SIGKILL");
        }
        expect(await substrate.ensureNetwork(call)).toMatchObject({ kind: "done" });
        for (let index = 0; index < HOSTS; index += 1) {
          const boot = { clusterKey: key, hostId: hostId(`host-${index}`), joinToken: "", caPem: "", gatewayUrl: "" };
          expect(await substrate.ensureHost(call, { hostId: boot.hostId, index, size: "local-small", failureDomain: "f", disks: [], image: { name: "tiny" }, boot })).toMatchObject({ kind: "done" });
        }
        expect((await substrate.observe(key)).map((host) => host.power)).toEqual(Array.from({ length: HOSTS }, () => "on"));
        expect(standingForHosts(letter, findOurProcesses(installation.id))).toHaveLength(HOSTS);
      } finally {
        for (let index = 0; index < HOSTS; index += 1) await substrate.destroyHost(call, hostId(`host-${index}`));
        await substrate.destroyNetwork(call);
      }
      expect(findOurProcesses(installation.id)).toEqual([]);
      expect((existsSync("/run/netns") ? readdirSync("/run/netns") : []).filter((name) => name.includes(installation.id))).toEqual([]);
      expect(readdirSync(installation.hostsDir)).toEqual([]);
      rmSync(home, { recursive: true, force: true });
    });
  });
}
