// The management server as the engine speaks to it: lists in pages, refusals as errors of one kind, and each action's outcome
// as a step result. Signing in, connections and limits are the native client's.
import { ControlPlaneError, failed, retry, type StepResult } from "@cynosure/model";
import type { NativeAnswer, NativeClient, NativeRequest } from "@cynosure/native-client";
import { asRow, asRows, type Row } from "./rows.ts";

const PAGE_SIZE = 500;
/** More than any cluster has of what the engine lists. */
const PAGES_MAX = 40;
const AGAIN_MS = 1_000;
const DETAIL_LENGTH_MAX = 300;

type Query = NonNullable<NativeRequest["query"]>;

export interface Vms {
  get(path: string, query?: Query): Promise<Row>;
  /** All pages of a collection. */
  list(path: string, query?: Query): Promise<readonly Row[]>;
  /** The body of a good answer; throws VmsRefusal else. */
  send(request: NativeRequest): Promise<Row>;
  /** Whatever was answered, for those who read a status. */
  ask(request: NativeRequest): Promise<NativeAnswer>;
}

/** The management server answered, and not as it was hoped. */
export class VmsRefusal extends Error {
  readonly status: number;

  constructor(request: Pick<NativeRequest, "method" | "path">, answer: NativeAnswer) {
    super(`The management server answered ${request.method} ${request.path} with ${answer.status}: ${detailOf(answer.body)}`);
    this.status = answer.status;
  }
}

/** `{detail}`, `{code, detail}`, maps of fields, bare text: whatever it says, in one line. */
export function detailOf(body: unknown): string {
  if (typeof body === "string") return body.slice(0, DETAIL_LENGTH_MAX);
  const row = asRow(body);
  const said = [row["detail"], row["message"], row["error"]].find((each) => typeof each === "string");
  return (typeof said === "string" ? said : JSON.stringify(body ?? null)).slice(0, DETAIL_LENGTH_MAX);
}

const isGood = ({ status }: NativeAnswer): boolean => status >= 200 && status < 300;

export function vmsOver(client: NativeClient): Vms {
  const good = async (request: NativeRequest): Promise<unknown> => {
    const answer = await client.send(request);
    if (!isGood(answer)) throw new VmsRefusal(request, answer);
    return answer.body;
  };
  return {
    ask: (request) => client.send(request),
    send: async (request) => asRow(await good(request)),
    get: async (path, query) => asRow(await good({ method: "GET", path, ...(query === undefined ? {} : { query }) })),
    async list(path, query = []) {
      const found: Row[] = [];
      for (let page = 1; page <= PAGES_MAX; page += 1) {
        const body = await good({ method: "GET", path, query: [...query, ["page", String(page)], ["page_size", String(PAGE_SIZE)]] });
        // Some collections know no pages and answer everything at once.
        if (Array.isArray(body)) return [...found, ...asRows(body)];
        const { results, next } = asRow(body);
        found.push(...asRows(results));
        if (typeof next !== "string" || next === "") return found;
      }
      throw new ControlPlaneError("OperationFailed", `The management server lists more than ${PAGES_MAX * PAGE_SIZE} entries at ${path}, which is more than the engine reads.`);
    },
  };
}

/** Nothing there is what is wanted. */
export async function unlessGone(work: Promise<unknown>): Promise<void> {
  try {
    await work;
  } catch (error) {
    if (!(error instanceof VmsRefusal) || error.status !== 404) throw error;
  }
}

/** What a try has made whose answer was lost is refused to be made again, and is there. */
export async function createUnlessThere(vms: Vms, request: NativeRequest, isThere: () => Promise<boolean>): Promise<void> {
  try {
    await vms.send(request);
  } catch (error) {
    if (!(error instanceof VmsRefusal) || !(await isThere())) throw error;
  }
}

/** 409 among them: what is in the way is mostly other work that ends. */
const mayPass = (status: number): boolean => [401, 408, 409, 429].includes(status) || status >= 500;

/** Silence, a failing server, or one that is busy: asked again later it may answer. */
export const isPassing = (error: unknown): boolean => (error instanceof VmsRefusal ? mayPass(error.status) : error instanceof ControlPlaneError && ["ServiceUnavailable", "GatewayTimeout"].includes(error.code));

/** What went wrong on the way may pass; what was refused by reason of what it is does not. */
export async function asStep(work: () => Promise<StepResult>): Promise<StepResult> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof VmsRefusal) && !isPassing(error)) throw error;
    const [code, message] = error instanceof VmsRefusal ? ["ManagementServerRefused", error.message] : ["ManagementServerUnreachable", error instanceof Error ? error.message : String(error)];
    return isPassing(error) ? retry(code, message, AGAIN_MS) : failed(code, message);
  }
}
