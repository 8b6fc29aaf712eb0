// What a badge says and how loud: provisioning state, health, and whether what is shown is real. Pure.
import type { Cluster } from "@cynosure/sdk";

export interface BadgeWords {
  readonly text: string;
  readonly tone: "success" | "warning" | "severe" | "danger" | "informative" | "brand";
  /** What it means, in a sentence. */
  readonly meaning: string;
}

const states: Readonly<Record<string, BadgeWords["tone"]>> = {
  Succeeded: "success", Failed: "danger", Canceled: "warning", Deleting: "warning",
  succeeded: "success", failed: "danger", canceled: "warning", done: "success", fatal: "danger", degraded: "severe",
  running: "brand", converging: "brand", converged: "success", ok: "success", warning: "severe", unknown: "warning",
};

export const stateBadge = (state: string | undefined): BadgeWords => ({ text: state ?? "Unknown", tone: states[state ?? ""] ?? "informative", meaning: `The state is ${state ?? "not known"}` });

export function healthBadge(cluster: Cluster): BadgeWords {
  const { health } = cluster.properties;
  if (health === undefined) return { text: "Not known yet", tone: "informative", meaning: "The engine has not been asked yet" };
  const meaning = health.checks.map(({ summary }) => summary).join("; ");
  if (health.ok) return { text: health.status, tone: "success", meaning: "The engine reports nothing wrong" };
  return { text: health.status, tone: /ERR|fail/i.test(health.status) ? "danger" : "severe", meaning: meaning === "" ? "The engine reports trouble" : meaning };
}

/** How real it is: a server that stands in for the engine's, nothing stored, hosts that share one machine, or hosts of their own. */
export function realityBadge(cluster: Cluster): BadgeWords {
  const { isSimulated, isEmulated, substrate } = cluster.properties;
  if (isEmulated === true) return { text: "Emulated", tone: "warning", meaning: "No real data is stored: the engine's management server is emulated" };
  if (isSimulated === true || substrate === "simulated") return { text: "Simulated", tone: "warning", meaning: "No real data is stored: substrate and engine are a model" };
  if (substrate === "local") return { text: "Emulated hosts", tone: "informative", meaning: "The engine is real; its hosts are set apart on one machine" };
  return { text: "Real", tone: "success", meaning: "Engine and hosts are real" };
}
