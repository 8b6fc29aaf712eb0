// The built portal as open routes: its page for every path that the page itself knows, under a policy with a nonce of
// its own for each answer, and its files. Nothing here knows who looks: all data comes through the ARM API.
import { randomBytes } from "node:crypto";
import type { RouteAnswer, RouteRequest, ServedRoute, StaticFiles } from "@cynosure/http-server";
import { ControlPlaneError } from "@cynosure/model";

export const PAGE = "index.html";
/** Where the build puts files whose names carry a digest. */
export const HASHED_UNDER = "assets/";
/** What the build leaves for the nonce. */
const NONCE_PLACE = "__CSP_NONCE__";
const NONCE_BYTES = 18;
/** A path that ends like this is a file or nothing, and no page. */
const FILE_NAME = /\.(css|html|ico|js|json|map|mjs|png|svg|txt|webmanifest|woff2)$/;

export interface PortalPagesOptions {
  readonly files: StaticFiles;
  readonly onError: (error: unknown) => void;
}

/** Scripts and styles of its own only, and styles that its script makes; nothing that frames it, and nothing it sends elsewhere. */
const policy = (nonce: string): string =>
  [
    "default-src 'none'",
    "script-src 'self'",
    `style-src 'self' 'nonce-${nonce}'`,
    "connect-src 'self'",
    "img-src 'self' data:",
    "font-src 'self'",
    "frame-ancestors 'none'",
    "base-uri 'none'",
    "form-action 'none'",
  ].join("; ");

const PAGE_HEADERS = {
  "content-type": "text/html; charset=utf-8",
  "cache-control": "no-store",
  "referrer-policy": "no-referrer",
  "x-frame-options": "DENY",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
};

export function portalPages(options: PortalPagesOptions): readonly ServedRoute[] {
  const answer = (request: RouteRequest): Promise<RouteAnswer> => answerPath(options, request.params["path"] ?? PAGE, request.headers);
  return ["/portal", "/portal/{*path}"].flatMap((path) => ["GET", "HEAD"].map((method): ServedRoute => ({ method, path, access: "open", takes: "nothing", apiVersion: null, permission: null, answer })));
}

async function answerPath({ files, onError }: PortalPagesOptions, path: string, headers: RouteRequest["headers"]): Promise<RouteAnswer> {
  let built: Awaited<ReturnType<StaticFiles["open"]>>;
  try {
    built = await files.open();
  } catch (error) {
    onError(error);
    return explain("The portal cannot be served", "Its built files cannot be read. The log of the control plane says why; <code>npm run build:portal</code> in the checkout builds them anew.");
  }
  const page = built?.text(PAGE) ?? null;
  if (built === null || page === null) return explain("The portal is not built yet", "Run <code>npm run build:portal</code> in the checkout and load this page again; nothing has to be restarted. <code>npm start</code> builds it by itself.");
  const file = path === PAGE ? null : built.answer(path, headers);
  if (file !== null) return file;
  if (path !== PAGE && (path.startsWith(HASHED_UNDER) || FILE_NAME.test(path))) throw new ControlPlaneError("ResourceNotFound", "The portal has no such file. Load its page again: it may have been built anew.");
  const nonce = randomBytes(NONCE_BYTES).toString("base64");
  return { status: 200, headers: { ...PAGE_HEADERS, "content-security-policy": policy(nonce) }, text: withNonce(page, nonce) };
}

/** The nonce where the build left room for it, and in any case where the page's script looks for it. */
function withNonce(page: string, nonce: string): string {
  const filled = page.replaceAll(NONCE_PLACE, nonce);
  return /<meta[^>]*property="csp-nonce"/.test(filled) ? filled : filled.replace(/<head[^>]*>/i, (head) => `${head}<meta property="csp-nonce" nonce="${nonce}">`);
}

const explain = (title: string, what: string): RouteAnswer => ({
  status: 503,
  headers: { ...PAGE_HEADERS, "content-security-policy": "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'", "retry-after": "10" },
  text: `<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>${title}</title></head><body><h1>${title}</h1><p>${what}</p></body></html>\n`,
});
