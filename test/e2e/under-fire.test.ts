// A real cluster under fire: while clients write through NFS and S3 with fsync and checksums, hosts, daemons, the
// agent and the control plane are killed and a link is cut, each kind once and then drawn ones. The run itself
// is test/e2e/fire/run.ts, the same as `npm run fire`.
import { beforeAll, expect, it } from "vitest";
import { describeWhen } from "../require.ts";
import { draws } from "../seeded-draws.ts";
import { cephMisses, faultKinds, hurtsStorage } from "./fire/faults.ts";
import type { FireReport } from "./fire/report.ts";
import { HEALED_MS_MAX, faultPlan, fire } from "./fire/run.ts";
import { longestGap } from "./fire/client-process.ts";
import { missingForCeph } from "./support/cynosure.ts";

const SEED = Number(process.env["CYNOSURE_SEED"] ?? "20261122");
const FAULTS = 20;
const SHOWN_S_MAX = 10;
/** A client may stand still for so long and no longer, whatever breaks. */
const STALL_S_MAX = 45;
const RUN_MS_MAX = 1_200_000;

it("draws every kind of fault once before any twice, the same for the same seed", () => {
  const plan = faultPlan(FAULTS, faultKinds, draws(SEED));
  expect(plan.slice(0, faultKinds.length)).toEqual(faultKinds);
  expect(plan).toEqual(faultPlan(FAULTS, faultKinds, draws(SEED)));
});

it("counts a stall that begins before a span, ends after it, or never ends", () => {
  expect(longestGap([0, 10, 500, 510], 100, 200)).toBe(490);
  expect(longestGap([0, 10], 100, 700)).toBe(690);
  expect(longestGap([0, 900, 910], 905, 920)).toBe(10);
});

describeWhen(missingForCeph(), `a real cluster under ${FAULTS} faults [seed=${SEED}]`, () => {
  let report: FireReport;
  beforeAll(async () => {
    console.log(`seed=${SEED}`);
    report = await fire({ seed: SEED, faults: FAULTS, say: (line) => console.log(line) });
    console.log(JSON.stringify(report));
  }, RUN_MS_MAX);

  it("loses and corrupts nothing that was acknowledged, through any gateway", () => {
    expect(report.written.nfs).toBeGreaterThan(100);
    expect(report.written.s3).toBeGreaterThan(100);
    expect(report.checks.map((check) => [check.endpoint, check.same, check.wrong])).toEqual([
      ["nfs-1", report.written.nfs, []],
      ["nfs-2", report.written.nfs, []],
      ["s3-1", report.written.s3, []],
      ["s3-2", report.written.s3, []],
    ]);
    expect(report.readBacks).toBeGreaterThan(100);
    expect(report.wrongReads).toBe(0);
  });

  it(`shows within ${SHOWN_S_MAX} s what hurts the storage`, () => {
    const late = report.faults.filter((fault) => hurtsStorage(fault.fault) && (fault.unhealthyAfterS === null || fault.unhealthyAfterS > SHOWN_S_MAX));
    expect(late, `seed=${SEED}`).toEqual([]);
  });

  it(`has Ceph itself say so within ${SHOWN_S_MAX} s when a host or its link is gone`, () => {
    const missed = report.faults.filter((fault) => cephMisses(fault.fault));
    expect(missed.length).toBeGreaterThanOrEqual(3);
    expect(missed.filter((fault) => fault.cephUnhealthyAfterS === null || fault.cephUnhealthyAfterS > SHOWN_S_MAX), `seed=${SEED}`).toEqual([]);
  });

  it("recovers from each without a command", () => {
    expect(report.faults).toHaveLength(FAULTS);
    for (const fault of report.faults) expect(fault.healthyAfterS * 1_000, `seed=${SEED} ${fault.fault}`).toBeLessThan(HEALED_MS_MAX);
  });

  it(`never keeps a client waiting for ${STALL_S_MAX} s`, () => {
    for (const fault of report.faults) expect(Math.max(fault.nfsLongestStallS, fault.s3LongestStallS), `seed=${SEED} ${fault.fault} of ${fault.target}`).toBeLessThan(STALL_S_MAX);
  });
});
