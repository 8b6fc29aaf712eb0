// `invoke METHOD PATH`: a request of the engine's own API as it is, also one that its document does not list.
import type { NativeOperation } from "@cynosure/sdk";
import { describeBody } from "../commands/run-verb.ts";
import { CommandError, ExitCode } from "../exit-code.ts";
import { bodyOf } from "./body-text.ts";
import { confirmDanger, dangerOf } from "./confirm-danger.ts";
import { clusterRequest } from "./engine-context.ts";
import type { EngineContext } from "./engine-context.ts";
import type { EngineParity } from "./engine-parity.ts";
import { parseWords } from "./flag-words.ts";
import { followWrite } from "./follow-write.ts";
import { isMembers } from "./set-path.ts";

const METHODS: readonly string[] = ["GET", "POST", "PUT", "PATCH", "DELETE"];
const NATIVE_ERROR_MIN = 400;

export async function invokeNative(context: EngineContext, parity: EngineParity, words: readonly string[]): Promise<void> {
  const { names, own } = parseWords(words, { own: { "--body": "value", "--query": "value" }, fields: [], what: "invoke", help: '"cynosure engine --help"' });
  const [methodWord, path, ...more] = names;
  if (methodWord === undefined || path === undefined || more.length > 0) throw new CommandError(ExitCode.usage, "invoke needs a method and a path and no more: invoke GET /views/ --query name=home");
  const method = methodWord.toUpperCase();
  if (!METHODS.includes(method)) throw new CommandError(ExitCode.usage, `${methodWord} is no method of the engine; allowed: ${METHODS.join(", ")}`);
  if (!path.startsWith("/")) throw new CommandError(ExitCode.usage, `the path ${path} does not begin with /; write it as the engine's document does, below its base`);
  const query = (own.get("--query") ?? []).map(queryPair);
  const body = bodyOf(own.get("--body")?.at(-1));
  const known = listedOperation(parity, method, path);
  const title = `invoke ${method} ${path}`;
  await confirmDanger(context, title, known === null && method !== "GET" ? "unknown" : dangerOf(known));
  const answer = await followWrite(context, clusterRequest(context, "POST", ["invokeNative"], { body: { method, path, ...(query.length === 0 ? {} : { query }), ...(body === undefined ? {} : { body }) } }), title);
  if (answer === null) return;
  const { status, body: native } = isMembers(answer.body) ? answer.body : {};
  const isError = typeof status === "number" && status >= NATIVE_ERROR_MIN;
  const lines = typeof native === "string" ? native.trimEnd().split("\n") : describeBody(native);
  context.output.result(answer.body ?? null, [...(isError || lines.length === 0 ? [`the engine answered ${String(status)}`] : []), ...lines]);
  if (isError) context.endWith(ExitCode.failed);
}

function queryPair(text: string): { readonly name: string; readonly value: string } {
  const at = text.indexOf("=");
  if (at <= 0) throw new CommandError(ExitCode.usage, `--query is ${JSON.stringify(text)}; write --query name=value, once per parameter`);
  return { name: text.slice(0, at), value: text.slice(at + 1) };
}

/** Words that stand in the document win over parameters; a slash at the end says nothing. */
function listedOperation({ operations }: EngineParity, method: string, path: string): NativeOperation | null {
  const words = wordsOf(path.split("?")[0] ?? "");
  const fits = operations.filter((operation) => operation.method === method && isPathOf(wordsOf(operation.path), words));
  return fits.toSorted((a, b) => parameterCount(a.path) - parameterCount(b.path))[0] ?? null;
}

const wordsOf = (path: string): readonly string[] => path.split("/").filter((word) => word !== "");
const isPathOf = (pattern: readonly string[], words: readonly string[]): boolean => pattern.length === words.length && pattern.every((word, at) => word.startsWith("{") || word === words[at]);
const parameterCount = (path: string): number => path.split("{").length;
