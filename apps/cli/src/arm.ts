// What the CLI needs of the ARM API, in its own words: one bounded call per operation of the contract, and
// errors that already carry an exit code. connect.ts makes one from the SDK; tests hand in their own.
import type { OperationId, OperationTypes } from "@cynosure/sdk";
import { CommandError } from "./exit-code.ts";

/** Where commands act unless told otherwise. */
export interface ArmScope {
  readonly subscriptionId: string;
  readonly resourceGroupName: string;
  readonly location: string;
}

type BodyOf<Result> = Result extends { readonly body: infer Body } ? Body : undefined;

export interface ArmAnswer<Id extends OperationId> {
  readonly status: number;
  readonly body: BodyOf<OperationTypes[Id]["result"]>;
  /** Set when a long-running operation was started. */
  readonly operationId: string | null;
}

export interface Arm {
  readonly endpoint: string;
  readonly scope: ArmScope;
  send<Id extends OperationId>(id: Id, params: OperationTypes[Id]["params"], body: OperationTypes[Id]["body"]): Promise<ArmAnswer<Id>>;
  /** For commands made from the verb table, where operation and body are data. */
  sendAny(id: OperationId, params: Readonly<Record<string, string>>, body: unknown, headers: Readonly<Record<string, string>>): Promise<{ readonly status: number; readonly body: unknown; readonly operationId: string | null }>;
  /** A bearer token for other tools. */
  token(): Promise<string>;
}

/** The answer, or null when the thing is not there. */
export async function sendOrNull<Id extends OperationId>(arm: Arm, id: Id, params: OperationTypes[Id]["params"], body: OperationTypes[Id]["body"]): Promise<ArmAnswer<Id>["body"] | null> {
  try {
    return (await arm.send(id, params, body)).body;
  } catch (error) {
    if (error instanceof CommandError && error.httpStatus === 404) return null;
    throw error;
  }
}
