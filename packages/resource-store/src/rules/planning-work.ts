// Planning what was written is work of the queue like any step of a plan, named by the operation that waits for it:
// a write is answered when it is recorded, and a control plane that ends before it has planned leaves it to the next.
import { type OperationId, operationId, type PlanId, planId, type StepId, stepId } from "@cynosure/model";

/** No plan has a step of this name. */
export const PLANNING: StepId = stepId("plan-change");

/** Where the queue has the name of a plan, this work has its operation's. */
export const planningOf = (operation: OperationId): PlanId => planId(operation);
export const plannedOperation = (work: PlanId): OperationId => operationId(work);
