// Tokens from the built-in issuer: with a client's secret, with a device code, or one that is held already.
// What a token is then used for is not known here.
import { setTimeout as sleep } from "node:timers/promises";
import type { Credentials } from "./data-dir.ts";
import { CommandError, ExitCode } from "./exit-code.ts";
import { httpsPost } from "./https-post.ts";
import type { PostAnswer, PostTarget } from "./https-post.ts";

/** The name under which this program asks for device codes. */
const PROGRAM_ID = "cynosure-cli";
const DEVICE_GRANT = "urn:ietf:params:oauth:grant-type:device_code";
/** RFC 8628: when the server says no interval, and by how much longer after "slow_down". */
const POLL_SECONDS = 5;

export interface Token {
  readonly token: string;
  readonly expiresOnTimestamp: number;
}

/** Where to sign in, and with what: a secret that makes tokens, or a token of a person, until it ends. */
export interface SignInTarget extends PostTarget {
  readonly credentials: Credentials | Token;
}

export async function signIn(target: SignInTarget): Promise<Token> {
  const { credentials, endpoint } = target;
  if ("token" in credentials) {
    if (credentials.expiresOnTimestamp > Date.now()) return credentials;
    throw refused(endpoint, `the sign-in ended at ${new Date(credentials.expiresOnTimestamp).toISOString()}; run "cynosure login --device-code" again`);
  }
  const answer = await post(target, "/adfs/oauth2/token", { grant_type: "client_credentials", client_id: credentials.clientId, client_secret: credentials.clientSecret, scope: `${endpoint}/.default` });
  return readToken(answer) ?? fail(endpoint, answer);
}

export interface DeviceSignInOptions extends Omit<SignInTarget, "credentials"> {
  /** Tells the person where to go and what to enter. */
  readonly say: (line: string) => void;
  readonly signal: AbortSignal;
}

/** Waits until somebody has entered the code on the page, has refused, or the time is over. */
export async function signInWithDeviceCode(options: DeviceSignInOptions): Promise<Token> {
  const { endpoint, say, signal } = options;
  const begun = await post(options, "/adfs/oauth2/devicecode", { client_id: PROGRAM_ID, scope: `${endpoint}/.default` });
  const { device_code: deviceCode, user_code: userCode, verification_uri: page, expires_in: lifetimeSeconds, interval } = begun.members;
  if (typeof deviceCode !== "string" || typeof userCode !== "string" || typeof page !== "string") return fail(endpoint, begun);
  say("To sign in, open this page in a browser on any device:");
  say(`  ${page}`);
  say(`and enter the code ${userCode}. Waiting …`);
  let waitMs = (typeof interval === "number" ? interval : POLL_SECONDS) * 1000;
  const endsAtMs = Date.now() + (typeof lifetimeSeconds === "number" ? lifetimeSeconds : 900) * 1000;
  while (Date.now() < endsAtMs) {
    await sleep(waitMs, undefined, { signal });
    // A control plane that is away for a moment loses nothing: the code waits in its database.
    const answer = await post(options, "/adfs/oauth2/token", { grant_type: DEVICE_GRANT, client_id: PROGRAM_ID, device_code: deviceCode }).catch(() => null);
    const token = answer === null ? null : readToken(answer);
    if (token !== null) return token;
    const error = answer?.members["error"];
    if (error === "slow_down") waitMs += POLL_SECONDS * 1000;
    else if (answer !== null && error !== "authorization_pending" && error !== "temporarily_unavailable") return fail(endpoint, answer);
  }
  throw refused(endpoint, 'nobody entered the code in time; run "cynosure login --device-code" again');
}

/** What the token says of whom it is for; only to show it. */
export function nameInToken(token: string): string {
  try {
    const claims: unknown = JSON.parse(Buffer.from(token.split(".")[1] ?? "", "base64url").toString("utf8"));
    return typeof claims === "object" && claims !== null && "app_displayname" in claims ? String(claims.app_displayname) : "unknown";
  } catch {
    return "unknown";
  }
}

function readToken({ members }: PostAnswer): Token | null {
  const { access_token: token, expires_in: seconds } = members;
  return typeof token === "string" ? { token, expiresOnTimestamp: Date.now() + (typeof seconds === "number" ? seconds : 300) * 1000 } : null;
}

const refused = (endpoint: string, reason: string): CommandError => new CommandError(ExitCode.unreachable, `signing in to ${endpoint} failed: ${reason}`, { code: "AuthenticationFailed" });

function fail(endpoint: string, { status, members }: PostAnswer): never {
  if (Object.keys(members).length === 0) throw new CommandError(ExitCode.unreachable, `${endpoint} answered ${status} to a sign-in, without a token; is this a control plane?`);
  const reason = members["error_description"];
  throw refused(endpoint, typeof reason === "string" ? reason : `status ${status}`);
}

const post = (target: Omit<SignInTarget, "credentials">, path: string, form: Readonly<Record<string, string>>): Promise<PostAnswer> =>
  httpsPost(target, path, { headers: { "content-type": "application/x-www-form-urlencoded" }, body: new URLSearchParams(form).toString() });
