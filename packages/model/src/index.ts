// Version-free types of the control plane. Pure: no input or output, clock, randomness or environment.
export * from "./clock.ts";
export * from "./engine-layout.ts";
export * from "./errors.ts";
export * from "./host-plan-change.ts";
export * from "./host-plan-stage.ts";
export * from "./host-place.ts";
export * from "./host-plan.ts";
export * from "./ids.ts";
export * from "./inventory.ts";
export * from "./operation.ts";
export * from "./plan.ts";
export * from "./policy.ts";
export * from "./protection.ts";
export * from "./requirement.ts";
export * from "./same-json.ts";
export * from "./step-result.ts";
