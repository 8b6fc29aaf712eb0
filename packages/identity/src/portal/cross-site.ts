// Which requests with a session's cookie are the portal's own. A browser sends the cookie whoever caused the request,
// also a page of another program on the same machine: the site of a cookie knows no ports. Pure.
import type { AuthenticationRequest } from "@cynosure/http-server";

/** A header that a page of another origin can only send after a question that is never answered here. */
export const PORTAL_HEADER = "x-cynosure-portal";

/** Why the request cannot be told from one that another page caused; null when it is the portal's own. */
export function crossSiteReason({ method, headers }: Pick<AuthenticationRequest, "method" | "headers">, ownOrigins: readonly string[]): string | null {
  const elsewhere = foreignReason(headers, ownOrigins);
  if (elsewhere !== null || headers[PORTAL_HEADER] === "1") return elsewhere;
  // A browser's event stream carries no headers of the page's own; where it came from the browser says itself.
  const isEventStream = method === "GET" && (headers["accept"] ?? "").split(",").some((each) => each.trim().toLowerCase().startsWith("text/event-stream"));
  return isEventStream && headers["sec-fetch-site"] === "same-origin" ? null : `it has no header '${PORTAL_HEADER}: 1'`;
}

/** What the browser itself says of where the request came from, when it says something. */
export function foreignReason(headers: AuthenticationRequest["headers"], ownOrigins: readonly string[]): string | null {
  const { origin, "sec-fetch-site": site } = headers;
  if (origin !== undefined && !ownOrigins.includes(origin.toLowerCase())) return "its 'Origin' is another one";
  return site === undefined || site === "same-origin" ? null : "its 'Sec-Fetch-Site' is not 'same-origin'";
}
