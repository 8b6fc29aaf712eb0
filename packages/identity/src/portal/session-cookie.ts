// The cookie that carries a session: its name binds it to this host over TLS, its flags keep it from scripts and from
// requests that other sites cause. Pure.

/** `__Host-`: a browser takes it over TLS alone, for this host alone and for all of its paths. */
export const SESSION_COOKIE = "__Host-cynosure-session";

const FLAGS = "HttpOnly; Secure; SameSite=Strict; Path=/";
/** 32 random bytes. */
const SECRET = /^[\w-]{43}$/;

export const isPortalSecret = (text: unknown): text is string => typeof text === "string" && SECRET.test(text);

/** Ends with the browser; before that, with the session. */
export const sessionCookie = (secret: string): string => `${SESSION_COOKIE}=${secret}; ${FLAGS}`;

export const clearedCookie = `${SESSION_COOKIE}=; Max-Age=0; ${FLAGS}`;

/** Null when the request carries no such cookie, or one that can be none of ours. */
export function readSessionCookie(header: string | undefined): string | null {
  for (const pair of (header ?? "").split(/[;,]/)) {
    const [name = "", ...rest] = pair.trim().split("=");
    const value = rest.join("=");
    if (name === SESSION_COOKIE && isPortalSecret(value)) return value;
  }
  return null;
}
