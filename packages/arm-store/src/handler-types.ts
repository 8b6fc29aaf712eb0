// The handler types of the contract with our own context.
import type { Handler, Handlers, OperationId } from "@cynosure/contract";
import type { RequestContext } from "@cynosure/arm-protocol";

export type OurHandlers = Handlers<RequestContext>;
export type OurHandler<Id extends OperationId> = Handler<Id, RequestContext>;
