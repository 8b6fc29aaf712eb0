// locations/runDoctor: what is wrong with the machine of this control plane. One look at a time: trials of what the
// machine can do take a while, and whoever asks meanwhile gets the answer of the look under way.
import { ControlPlaneError } from "@cynosure/model";
import type { OurHandlers } from "@cynosure/arm-store";
import type { DoctorFinding } from "@cynosure/contract";
import type { MachineFinding, ResourceProvidersOptions } from "./options.ts";
import { requireServed } from "./sizing.ts";

const EXAMINE_MS_MAX = 90_000;

const statuses: Readonly<Record<MachineFinding["severity"], DoctorFinding["status"]>> = { ok: "ok", info: "ok", warning: "warning", error: "failed", unknown: "unknown" };

export function machineHandlers(options: ResourceProvidersOptions): Pick<OurHandlers, "Machine_RunDoctor"> {
  let running: Promise<readonly MachineFinding[]> | null = null;
  const tooLong = async (signal: AbortSignal): Promise<never> => {
    await options.clock.sleep(EXAMINE_MS_MAX, signal);
    throw new ControlPlaneError("GatewayTimeout", `The look at the machine did not end within ${EXAMINE_MS_MAX / 1_000} s. Run cynosure doctor on it.`);
  };
  return {
    Machine_RunDoctor: async ({ params }) => {
      requireServed(options.config, params.location);
      running ??= options.examineMachine().finally(() => (running = null));
      const timer = new AbortController();
      try {
        const findings = await Promise.race([running, tooLong(timer.signal)]);
        return { status: 200, body: { findings: findings.map(({ id, severity, message, remedy }) => ({ name: id, status: statuses[severity], found: message, ...(remedy === null ? {} : { remedy }) })) } };
      } finally {
        timer.abort();
      }
    },
  };
}
