// locations/runDoctor: what is wrong with the machine of this control plane. One look at a time: trials of what the
// machine can do take a while (each has its own bound), and whoever asks meanwhile gets the answer of the look under way.
import type { OurHandlers } from "@cynosure/arm-store";
import type { DoctorFinding } from "@cynosure/contract";
import type { MachineFinding, ResourceProvidersOptions } from "./options.ts";
import { requireServed } from "./sizing.ts";

const statuses: Readonly<Record<MachineFinding["severity"], DoctorFinding["status"]>> = { ok: "ok", info: "ok", warning: "warning", error: "failed", unknown: "unknown" };

export function machineHandlers(options: ResourceProvidersOptions): Pick<OurHandlers, "Machine_RunDoctor"> {
  let running: Promise<readonly MachineFinding[]> | null = null;
  return {
    Machine_RunDoctor: async ({ params }) => {
      requireServed(options.config, params.location);
      running ??= options.examineMachine().finally(() => (running = null));
      const findings = await running;
      return { status: 200, body: { findings: findings.map(({ id, severity, message, remedy }) => ({ name: id, status: statuses[severity], found: message, ...(remedy === null ? {} : { remedy }) })) } };
    },
  };
}
