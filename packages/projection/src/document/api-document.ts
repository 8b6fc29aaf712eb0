// The facts of an engine's API document: what can be called, with what, and what comes back. Names, types and flags
// only; no sentence of the vendor's. This is what is stored, hashed and projected.
import type { ApiField, NativeMethod } from "../catalogue.ts";

export interface ApiBody {
  readonly kind: "json" | "multipart" | "binary";
  readonly fields: readonly ApiField[];
}

export interface ApiAnswer {
  readonly isList: boolean;
  /** Properties of the object, or of a list's member. */
  readonly fields: readonly ApiField[];
  /** `application/json`, `text/plain`; null where the document says nothing. */
  readonly contentType: string | null;
}

export interface ApiOperation {
  readonly method: NativeMethod;
  readonly path: string;
  readonly query: readonly ApiField[];
  readonly body: ApiBody | null;
  readonly answer: ApiAnswer;
  /** Documented status codes, sorted. */
  readonly statuses: readonly string[];
}

export interface ApiDocument {
  readonly facts: 1;
  /** In the order of the paths, then of the methods. */
  readonly operations: readonly ApiOperation[];
}

export const NATIVE_METHODS: readonly NativeMethod[] = ["GET", "PUT", "PATCH", "POST", "DELETE"];
