// What a caller must be allowed to do before a request goes to the engine. Default deny: what the catalogue does not know
// needs the right to invoke anything.
import { findOperation } from "@cynosure/projection";
import type { Catalogue, CatalogueOperation } from "@cynosure/projection";

export const INVOKE_NATIVE = "Cynosure.Storage/clusters/invokeNative/action";
export const READ_CLUSTER = "Cynosure.Storage/clusters/read";

export type RequiredRight =
  | { readonly kind: "ours"; readonly what: "token" | "refresh" | "login" | "logout" }
  | { readonly kind: "refused"; readonly why: string }
  | { readonly kind: "forward"; readonly permissions: readonly string[]; readonly operation: CatalogueOperation | null; /** Changes nothing and hands out no secret: not recorded, may be repeated. */ readonly isRead: boolean };

/** Words of the request's path, as the engine's document counts them. */
export function documentWords(engine: string, words: readonly string[]): readonly string[] {
  if (engine !== "vast") return words;
  const [, version, ...rest] = words;
  return version !== undefined && /^(?:v\d+|latest)$/.test(version) ? rest : words.slice(1);
}

const OURS = new Map<string, "token" | "refresh" | "login" | "logout">([
  ["vast POST token", "token"],
  ["vast POST token/refresh", "refresh"],
  ["vast GET login", "login"],
  ["vast POST logout", "logout"],
  ["ceph POST api/auth", "token"],
  ["ceph POST api/auth/logout", "logout"],
]);
/** Of the operations that ARM does not have: tells everybody before signing in, and changes nothing. */
const BANNER = "login_banner";

export function requiredRight(catalogue: Catalogue, method: string, words: readonly string[]): RequiredRight {
  const inDocument = documentWords(catalogue.engine, words);
  const ours = OURS.get(`${catalogue.engine} ${method} ${inDocument.join("/")}`);
  if (ours !== undefined) return { kind: "ours", what: ours };
  // Asking for the head of something is reading it.
  const asked = method === "HEAD" ? "GET" : method;
  // The document itself, and the engine's version of what it offers.
  if (asked === "GET" && inDocument.length === 0) return { kind: "forward", permissions: [READ_CLUSTER], operation: null, isRead: true };
  const operation = findOperation(catalogue, asked, inDocument)?.operation ?? null;
  // An engine may read a path less strictly than we: what is another operation in another casing needs that one's right as well.
  const alike = findOperation(catalogue, asked, inDocument.map((word) => word.trim().toLowerCase()))?.operation ?? null;
  const ofAlike = alike === null || alike === operation ? [] : [alike.permission];
  if (operation === null) return { kind: "forward", permissions: [INVOKE_NATIVE, ...ofAlike], operation: null, isRead: false };
  if (operation.class !== "gatewayOnly") return { kind: "forward", permissions: [operation.permission, ...ofAlike], operation, isRead: asked === "GET" && !operation.hasSideEffects };
  if (asked === "GET" && inDocument.at(-1) === BANNER) return { kind: "forward", permissions: [READ_CLUSTER], operation, isRead: true };
  return { kind: "refused", why: "it is about the sign-in of the gateway itself at the engine, which nobody else has" };
}
