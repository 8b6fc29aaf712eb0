// One POST over TLS outside of the contract (signing in, codes for the portal): trusts the given certificate, is
// bounded in time, and takes the answer for what it says.
import { request } from "node:https";
import { CommandError, ExitCode } from "./exit-code.ts";

const TIMEOUT_MS_MAX = 15_000;

export interface PostTarget {
  readonly endpoint: string;
  /** Certificate to trust; null: those of the machine. */
  readonly caPem: string | null;
}

export interface PostAnswer {
  readonly status: number;
  /** Of the JSON object it is; empty when it is none. */
  readonly members: Readonly<Record<string, unknown>>;
}

export function httpsPost({ endpoint, caPem }: PostTarget, path: string, { headers, body }: { readonly headers: Readonly<Record<string, string>>; readonly body: string }): Promise<PostAnswer> {
  const url = new URL(path, endpoint);
  return new Promise((resolve, reject) => {
    const away = (cause: Error): void => reject(new CommandError(ExitCode.unreachable, `${url.origin} does not answer (${cause.message}); is the control plane running? "cynosure up" starts it`, { cause }));
    const outgoing = request(url, { method: "POST", timeout: TIMEOUT_MS_MAX, headers: { ...headers, "content-length": Buffer.byteLength(body) }, ...(caPem === null ? {} : { ca: caPem }) }, (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("end", () => resolve({ status: response.statusCode ?? 0, members: membersIn(Buffer.concat(chunks).toString("utf8")) }));
      response.on("error", away);
    });
    outgoing.on("timeout", () => outgoing.destroy(new Error("no answer in time")));
    outgoing.on("error", away);
    outgoing.end(body);
  });
}

function membersIn(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value) ? { ...value } : {};
  } catch {
    return {}; // not JSON: the caller says so
  }
}
