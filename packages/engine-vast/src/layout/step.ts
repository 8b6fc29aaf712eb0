// How a step of this engine looks. Every step may be done again: it looks first.
import type { EngineStep } from "@cynosure/model";

/** The hosts have joined and the vendor's software on them has started. */
export const STAGES = 1;

/** On the emulated server; a real one takes an hour to be born. */
export const EXPECTED_MS = { short: 200, task: 700, deploy: 1_500 } as const;

export const step = (name: string, head: Pick<EngineStep, "title"> & { readonly of?: string; readonly expectedMs?: number }, params: object, dependsOn: readonly string[]): EngineStep => ({
  id: head.of === undefined ? name : `${name}:${head.of}`,
  title: head.title,
  // Plain data of known shapes; the spread drops nothing but the interface.
  action: { name, params: { ...params } },
  afterStage: STAGES,
  dependsOn,
  expectedMs: head.expectedMs ?? EXPECTED_MS.short,
});
