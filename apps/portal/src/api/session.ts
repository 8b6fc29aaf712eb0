// The browser's session with the control plane: signing in with a code, who is signed in, signing out. The cookie is
// the browser's; no script sees it.

export interface Session {
  readonly principal: { readonly id: string; readonly displayName: string; readonly type: string; readonly tenantId: string };
  readonly subscriptionId: string;
  readonly location: string;
  readonly expiresAt: string;
}

/** Said by the server for a session that is not there or has ended. */
export class NotSignedIn extends Error {
  constructor() {
    super("Nobody is signed in in this browser");
    this.name = "NotSignedIn";
  }
}

const path = "/portal/session";
/** What no other site's page can send along with the cookie. */
export const ownPageHeaders = { "x-cynosure-portal": "1" } as const;

async function reasonOf(response: Response): Promise<string> {
  const body: unknown = await response.json().catch(() => undefined);
  const error = typeof body === "object" && body !== null && "error" in body ? body.error : undefined;
  const message = typeof error === "object" && error !== null && "message" in error ? error.message : undefined;
  return typeof message === "string" ? message : `The control plane answered ${response.status}`;
}

export async function readSession(signal?: AbortSignal): Promise<Session> {
  const response = await fetch(path, { headers: ownPageHeaders, cache: "no-store", ...(signal === undefined ? {} : { signal }) });
  if (response.status === 401) throw new NotSignedIn();
  if (!response.ok) throw new Error(await reasonOf(response));
  return (await response.json()) as Session; // the control plane's own answer
}

/** Spends the code: it works once. */
export async function signIn(code: string): Promise<void> {
  const response = await fetch(path, { method: "POST", headers: { ...ownPageHeaders, "content-type": "application/json" }, body: JSON.stringify({ code }) });
  if (!response.ok) throw new Error(await reasonOf(response));
}

export async function signOut(): Promise<void> {
  const response = await fetch(path, { method: "DELETE", headers: ownPageHeaders });
  if (!response.ok && response.status !== 401) throw new Error(await reasonOf(response));
}
