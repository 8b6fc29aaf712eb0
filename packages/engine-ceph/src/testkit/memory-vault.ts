// A vault in memory, for tests only: what it holds is gone with the process and sealed by nothing.
import type { EngineVault } from "@cynosure/engine";

export interface MemoryVault extends EngineVault {
  readonly secrets: Map<string, string>;
  readonly outputs: Map<string, string>;
}

export function createMemoryVault(): MemoryVault {
  const [secrets, outputs] = [new Map<string, string>(), new Map<string, string>()];
  return {
    secrets,
    outputs,
    ensureSecret: async (name, create) => {
      const value = secrets.get(name) ?? create();
      secrets.set(name, value);
      return value;
    },
    readSecret: async (name) => secrets.get(name) ?? null,
    putOutput: async (name, value) => void outputs.set(name, value),
    readOutput: async (name) => outputs.get(name) ?? null,
  };
}
