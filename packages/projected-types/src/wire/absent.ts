// Whether an engine says that an object is not there. Ceph's dashboard passes on what its object gateway answered as a failure of its own.
import type { NativeAnswer } from "@cynosure/native-client";
import { isJsonObject } from "./json.ts";

export function isAbsent(engine: string, { status, body }: Pick<NativeAnswer, "status" | "body">): boolean {
  if (status === 404) return true;
  return engine === "ceph" && status === 500 && isJsonObject(body) && typeof body["detail"] === "string" && /\bstatus code 404\b/.test(body["detail"]);
}
