// Which engine `up` delivers, and the rung that has it: real Ceph wants real hosts, the others live on simulated ones. Pure.
import type { Requirement } from "@cynosure/sdk";
import { CommandError, ExitCode } from "../exit-code.ts";

export const ENGINE_CHOICES = ["ceph", "vast", "simulated"] as const;
export type EngineChoice = (typeof ENGINE_CHOICES)[number];

const SIMULATED_HOSTS = "d";

/** Every site of it on that engine; null leaves it as it is. */
export const withEngine = (requirement: Requirement, engine: EngineChoice | null): Requirement => (engine === null ? requirement : { ...requirement, sites: requirement.sites.map((site) => ({ ...site, engine })) });

/** The rung to ask for; null: the best there is. */
export function rungFor({ engine, rung }: { readonly engine: EngineChoice | null; readonly rung: string | null }): string | null {
  if (engine === null) return rung;
  const isOnSimulatedHosts = engine !== "ceph";
  if (isOnSimulatedHosts && rung !== null && rung !== SIMULATED_HOSTS) throw new CommandError(ExitCode.usage, `--engine ${engine} runs on simulated hosts, and rung ${rung} has others; give --rung ${SIMULATED_HOSTS}, or none`);
  if (!isOnSimulatedHosts && rung === SIMULATED_HOSTS) throw new CommandError(ExitCode.usage, `--engine ${engine} runs on real hosts, and rung ${SIMULATED_HOSTS} has simulated ones; give another rung, or none`);
  return isOnSimulatedHosts ? SIMULATED_HOSTS : rung;
}
