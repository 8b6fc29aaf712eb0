// Calls operations by their id: what the generated classes are made of, and what a program uses that picks the
// operation at run time, such as the CLI with its verb table. Calls by path are for what the contract does not list.
import type { OperationId } from "@cynosure/contract";
import { ArmError } from "./arm-error.ts";
import type { CynosureClientOptions, ListOptions, LongRunningOptions, RequestOptions } from "./client-options.ts";
import { beginOperation, beginRequest } from "./long-running.ts";
import type { LongRunningPoller } from "./long-running.ts";
import { listItems, pagedItems } from "./paging.ts";
import type { PagedItems } from "./paging.ts";
import { Transport } from "./transport.ts";
import type { PathParameters, PathRequest } from "./transport.ts";

export class OperationCaller {
  readonly #transport: Transport;

  constructor(options: CynosureClientOptions) {
    this.#transport = new Transport(options);
  }

  /** One request, one answer: the body, or undefined when there is none. */
  async call<Result>(operationId: OperationId, params: PathParameters, body?: unknown, options: RequestOptions = {}): Promise<Result> {
    const response = await this.#transport.send(this.#transport.request(operationId, params, body), options);
    return response.body as Result; // the server checks its answers against the contract
  }

  /** True when it exists, false when the server answers 404. */
  async exists(operationId: OperationId, params: PathParameters, options: RequestOptions = {}): Promise<boolean> {
    try {
      await this.#transport.send(this.#transport.request(operationId, params), options);
      return true;
    } catch (error) {
      if (error instanceof ArmError && error.statusCode === 404) return false;
      throw error;
    }
  }

  list<Item>(operationId: OperationId, params: PathParameters, options: ListOptions = {}): PagedItems<Item> {
    return listItems<Item>(this.#transport, operationId, params, options);
  }

  begin<Result>(operationId: OperationId, params: PathParameters, body?: unknown, options: LongRunningOptions = {}): LongRunningPoller<Result> {
    return beginOperation<Result>(this.#transport, operationId, params, body, options);
  }

  /** One request below the subscription, one answer; for what the contract does not list, such as projected types. Text that is no JSON is answered as it is. */
  async callPath(request: PathRequest, options: RequestOptions = {}): Promise<unknown> {
    const { body, text } = await this.#transport.send(this.#transport.pathRequest(request), options);
    return body ?? text;
  }

  listPath(request: PathRequest, options: RequestOptions = {}): PagedItems<unknown> {
    return pagedItems<unknown>(this.#transport, () => this.#transport.pathRequest(request), options);
  }

  beginPath(request: PathRequest, options: LongRunningOptions = {}): LongRunningPoller<unknown> {
    return beginRequest<unknown>(this.#transport, () => this.#transport.pathRequest(request), { finalStateVia: "location", isDelete: request.method === "DELETE" }, options);
  }
}
