// What every answer must be, whatever was asked: no 5xx, the ARM error envelope with a target, the headers of
// arm-rpc §2, and bodies as the document says. Answers with the list of what is wrong.
import type { Answer } from "./served-product.ts";
import type { TestRequest } from "./valid-request.ts";

export const ANSWER_MS_MAX = 10_000;
const GUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
/** Nothing of the inside may show: SQL, stack frames, paths of files, names of our parts. */
const INSIDE = /\bat \w+ \(|node:internal|\.ts:\d+|select .* from|relation "|postgres|ECONN|undefined|\[object Object\]/i;

interface ErrorEntry {
  readonly code?: unknown;
  readonly message?: unknown;
  readonly target?: unknown;
  readonly details?: readonly ErrorEntry[];
}

function parse(text: string): { readonly value: unknown; readonly fault: string | null } {
  if (text === "") return { value: undefined, fault: null };
  try {
    return { value: JSON.parse(text), fault: null };
  } catch {
    return { value: undefined, fault: `the body is not JSON: ${text.slice(0, 200)}` };
  }
}

function envelopeFaults(value: unknown): string[] {
  if (typeof value !== "object" || value === null || Object.keys(value).join() !== "error") return [`a refusal must be exactly {"error":…}: ${JSON.stringify(value)?.slice(0, 200)}`];
  const { error } = value as { error: ErrorEntry }; // its fields are checked one by one
  const faults: string[] = [];
  if (typeof error.code !== "string" || !/^[A-Z][A-Za-z]+$/.test(error.code)) faults.push(`code is not a word in PascalCase: ${String(error.code)}`);
  if (typeof error.message !== "string" || error.message.length < 15) faults.push(`message says too little: ${String(error.message)}`);
  else if (error.message.length > 4000) faults.push(`message of ${error.message.length} characters`);
  else if (INSIDE.test(error.message)) faults.push(`message shows the inside: ${error.message}`);
  if (typeof error.target !== "string" || error.target === "") faults.push(`no target with ${String(error.code)}: ${String(error.message)}`);
  for (const detail of error.details ?? []) if (typeof detail.code !== "string" || typeof detail.message !== "string") faults.push(`a detail without code or message: ${JSON.stringify(detail)}`);
  return faults;
}

export function answerFaults(request: TestRequest, answer: Answer): string[] {
  const faults: string[] = [];
  const isHead = request.method === "HEAD";
  if (answer.status >= 500 || answer.status < 200 || (answer.status >= 300 && answer.status < 400)) faults.push(`status ${answer.status}`);
  if (answer.durationMs > ANSWER_MS_MAX) faults.push(`answered after ${Math.round(answer.durationMs)} ms`);
  for (const name of ["x-ms-request-id", "x-ms-correlation-request-id"]) {
    const value = String(answer.headers[name] ?? "");
    if (value === "" || (name === "x-ms-request-id" && !GUID.test(value))) faults.push(`header ${name} is '${value}'`);
  }
  if (Number.isNaN(Date.parse(answer.headers.date ?? ""))) faults.push("no Date header");
  if (answer.text !== "" && !/^application\/json/.test(answer.headers["content-type"] ?? "")) faults.push(`content type '${answer.headers["content-type"]}'`);
  if (isHead && answer.text !== "") faults.push("a HEAD was answered with a body");
  const { value, fault } = parse(answer.text);
  if (fault !== null) faults.push(fault);
  if (answer.status >= 400 && !isHead) faults.push(...envelopeFaults(value));
  if (answer.status === 401 && !/^Bearer /.test(answer.headers["www-authenticate"] ?? "")) faults.push("401 without a challenge");
  if (answer.status === 405 && answer.headers.allow === undefined) faults.push("405 without Allow");
  if (request.mustRefuse && answer.status < 400) faults.push(`accepted with ${answer.status}, though the document refuses it`);
  const isAsDocumented = request.method === request.operation.method && (request.broken.length === 0 || answer.status >= 400);
  if (isAsDocumented && fault === null && !isHead) {
    const wrong = request.operation.checkAnswer(answer.status, value);
    if (wrong !== null) faults.push(`not as documented: ${wrong}`);
  }
  return faults;
}
