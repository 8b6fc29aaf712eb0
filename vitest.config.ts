import { defineConfig } from "vitest/config";

// Tests wait on conditions; the long bounds are for a loaded two-core machine, not for sleeping.
// `unit` runs side by side; `real` (whole products, real clusters) has the machine to itself, one file at a time.
const bounds = { testTimeout: 60_000, hookTimeout: 180_000, pool: "forks" as const, setupFiles: ["test/clients/support/record-setup.ts"] };

export default defineConfig({
  test: {
    projects: [
      {
        test: { ...bounds, name: "unit", maxWorkers: 2, include: ["packages/*/src/**/*.test.ts", "apps/*/src/**/*.test.ts", "tools/**/*.test.ts", "test/scenarios/**/*.test.ts", "test/input/**/*.test.ts", "test/laws/**/*.test.ts", "test/arm-contract/**/*.test.ts", "test/parity/**/*.test.ts"] },
      },
      { test: { ...bounds, name: "real", testTimeout: 600_000, hookTimeout: 600_000, fileParallelism: false, maxWorkers: 1, include: ["test/e2e/**/*.test.ts", "test/sim/**/*.test.ts", "test/clients/**/*.test.ts"] } },
    ],
  },
});
