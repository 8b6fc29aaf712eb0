// Pages as async iterators: items one by one, or page by page. Links are followed exactly as given.
import type { OperationId } from "@cynosure/contract";
import type { ListOptions, RequestOptions } from "./client-options.ts";
import type { PathParameters, Transport, TransportRequest } from "./transport.ts";

export interface PagedItems<Item> extends AsyncIterable<Item> {
  byPage(): AsyncIterable<readonly Item[]>;
}

export function listItems<Item>(transport: Transport, operationId: OperationId, params: PathParameters, options: ListOptions = {}): PagedItems<Item> {
  const query = { ...(options.pageSizeMax === undefined ? {} : { $top: String(options.pageSizeMax) }), ...(options.filter === undefined ? {} : { $filter: options.filter }) };
  return pagedItems<Item>(transport, () => transport.request(operationId, params, undefined, query), options);
}

/** `first` is made when the first page is asked for. */
export function pagedItems<Item>(transport: Transport, first: () => TransportRequest, options: RequestOptions = {}): PagedItems<Item> {
  async function* pages(): AsyncGenerator<readonly Item[]> {
    let next: TransportRequest | undefined = first();
    while (next !== undefined) {
      const { body } = await transport.send(next, options);
      // The server checks its answers against the contract; a list is `{ value, nextLink }`.
      const page = body as { readonly value?: readonly Item[]; readonly nextLink?: string | null };
      yield page.value ?? [];
      next = page.nextLink === undefined || page.nextLink === null || page.nextLink === "" ? undefined : { method: "GET", url: page.nextLink };
    }
  }
  async function* items(): AsyncGenerator<Item> {
    for await (const page of pages()) yield* page;
  }
  return { [Symbol.asyncIterator]: items, byPage: pages };
}
