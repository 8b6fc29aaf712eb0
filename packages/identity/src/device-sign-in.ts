// Sign-in with a device code (RFC 8628): the program gets a code and waits, the person proves who they are on a
// page of any device. All state is in the store, so that each control plane may serve each step.
import { createHash, randomBytes, randomInt } from "node:crypto";
import type { Clock } from "@cynosure/model";
import type { Store } from "@cynosure/resource-store";
import type { CheckClient } from "./client-check.ts";
import { principalId } from "./principal-wire.ts";
import { audienceOf, grantToken, refusal, withAccount } from "./token-answer.ts";
import type { TokenAnswer } from "./token-answer.ts";
import type { TokenIssuer } from "./token-issuer.ts";

export const DEVICE_CODE_SECONDS = 900;
export const POLL_SECONDS_MIN = 5;
const SLOW_DOWN_MS = 5_000;
/** Of secrets for one code. */
export const ATTEMPTS_MAX = 5;
/** Codes that wait at once in the whole installation: asking for one takes no right. */
const WAITING_COUNT_MAX = 1_000;
/** Of user codes that do not exist, in this process: 20^8 codes cannot be searched at this rate. */
const WRONG_CODES_PER_MINUTE_MAX = 300;
const MINUTE_MS = 60_000;
/** No vowels, so that no code is a word; nothing that looks like a digit. */
const LETTERS = "BCDFGHJKLMNPQRSTVWXZ";
const CODE_LENGTH = 8;
const CLIENT_ID = /^[\w.:/-]{1,200}$/;
const SIGN_IN_ACTION = "Cynosure.Identity/servicePrincipals/deviceSignIn/action";

export interface DeviceSignInOptions {
  readonly store: Pick<Store, "deviceCodes" | "principals" | "appendAudit" | "transaction">;
  readonly issuer: TokenIssuer;
  readonly checkClient: CheckClient;
  readonly clock: Clock;
  /** Page where people enter the code. */
  readonly pageUrl: string;
}

export interface PersonForm {
  readonly userCode: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly isRefused: boolean;
  readonly correlationId: string;
}

export type PersonOutcome =
  | { readonly kind: "signedIn"; readonly displayName: string }
  | { readonly kind: "refused" }
  | { readonly kind: "wrongCode" }
  | { readonly kind: "wrongSecret" }
  | { readonly kind: "notAPerson"; readonly displayName: string }
  | { readonly kind: "tooManyAttempts" }
  | { readonly kind: "busy" };

export interface DeviceSignIn {
  /** Device authorization request. */
  begin(form: URLSearchParams): Promise<TokenAnswer>;
  /** Poll of the program that waits. */
  redeem(form: URLSearchParams): Promise<TokenAnswer>;
  /** What the person sent from the page. */
  decide(form: PersonForm): Promise<PersonOutcome>;
}

const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex");
const makeUserCode = (): string => Array.from({ length: CODE_LENGTH }, () => LETTERS[randomInt(LETTERS.length)] ?? "").join("");

/** As people read and say it. */
export const showUserCode = (code: string): string => `${code.slice(0, CODE_LENGTH / 2)}-${code.slice(CODE_LENGTH / 2)}`;

/** As people type it; null when it can be no code. */
export function readUserCode(typed: string): string | null {
  const letters = typed.slice(0, 40).toUpperCase().replace(/[\s-]/g, "");
  return letters.length === CODE_LENGTH && [...letters].every((letter) => LETTERS.includes(letter)) ? letters : null;
}

export function createDeviceSignIn(options: DeviceSignInOptions): DeviceSignIn {
  return { begin: (form) => begin(options, form), redeem: (form) => redeem(options, form), decide: createDecide(options) };
}

async function begin({ store, issuer, clock, pageUrl }: DeviceSignInOptions, form: URLSearchParams): Promise<TokenAnswer> {
  const clientId = form.get("client_id") ?? "";
  if (!CLIENT_ID.test(clientId)) return refusal(400, "invalid_request", "client_id is required: a name for the program that signs in, of 1 to 200 letters, digits and . : / _ -");
  const asked = audienceOf(form, issuer);
  if (!("audience" in asked)) return asked;
  const deviceCode = randomBytes(32).toString("base64url");
  const userCode = makeUserCode();
  const nowMs = clock.now();
  const code = { deviceCodeSha256: sha256(deviceCode), userCode, clientId, audience: asked.audience, expiresAtMs: nowMs + DEVICE_CODE_SECONDS * 1000, intervalMs: POLL_SECONDS_MIN * 1000 };
  if (!(await store.deviceCodes.insert(code, { nowMs, countMax: WAITING_COUNT_MAX }))) return refusal(429, "temporarily_unavailable", `More than ${WAITING_COUNT_MAX} sign-ins wait for their person. Try again shortly.`);
  const shown = showUserCode(userCode);
  return {
    status: 200,
    headers: { "cache-control": "no-store" },
    body: {
      device_code: deviceCode,
      user_code: shown,
      verification_uri: pageUrl,
      verification_uri_complete: `${pageUrl}?user_code=${shown}`,
      verification_url: pageUrl,
      expires_in: DEVICE_CODE_SECONDS,
      interval: POLL_SECONDS_MIN,
      message: `To sign in, open ${pageUrl} and enter the code ${shown}.`,
    },
  };
}

async function redeem({ store, issuer, clock }: DeviceSignInOptions, form: URLSearchParams): Promise<TokenAnswer> {
  const clientId = form.get("client_id") ?? "";
  const deviceCode = form.get("device_code") ?? form.get("code") ?? "";
  if (clientId === "" || deviceCode === "") return refusal(400, "invalid_request", "client_id and device_code are required.");
  const invalid = refusal(400, "invalid_grant", "The device code is not known, was used already, or was given to another client_id. Start the sign-in again.");
  if (!CLIENT_ID.test(clientId)) return invalid;
  const poll = await store.deviceCodes.poll(sha256(deviceCode), clientId, { nowMs: clock.now(), slowDownMs: SLOW_DOWN_MS });
  switch (poll?.kind) {
    case undefined:
      return invalid;
    case "pending":
      return refusal(400, "authorization_pending", "Nobody has entered the code yet. Ask again after the interval.");
    case "tooSoon":
      return refusal(400, "slow_down", `Asked too soon. Wait ${poll.intervalMs / 1000} seconds from now on.`);
    case "denied":
      return refusal(400, "access_denied", "The sign-in was refused, or too many wrong secrets were given. Start it again.");
    case "expired":
      return refusal(400, "expired_token", `Nobody signed in within ${DEVICE_CODE_SECONDS} seconds. Start the sign-in again.`);
    case "granted": {
      const person = await store.principals.findByObjectId(poll.objectId);
      if (person === null) return invalid;
      const principal = { id: person.objectId, type: person.kind, displayName: person.displayName };
      // Begun at another control plane, for that one: a program uses the one it polls.
      const audience = issuer.knownAudience(poll.audience) ?? issuer.audiences[0] ?? poll.audience;
      const answer = await grantToken(issuer, principal, audience);
      return form.get("client_info") === "1" ? withAccount(answer, issuer, { ...principal, tenantId: issuer.tenantId }, clientId) : answer;
    }
  }
}

function createDecide({ store, checkClient, clock }: DeviceSignInOptions): DeviceSignIn["decide"] {
  const wrongCodes = { sinceMs: -Infinity, count: 0 };
  const wrongCode = (): PersonOutcome => {
    wrongCodes.count += 1;
    return { kind: "wrongCode" };
  };
  return async (form) => {
    const nowMs = clock.now();
    if (nowMs - wrongCodes.sinceMs >= MINUTE_MS) Object.assign(wrongCodes, { sinceMs: nowMs, count: 0 });
    if (wrongCodes.count >= WRONG_CODES_PER_MINUTE_MAX) return { kind: "busy" };
    const userCode = readUserCode(form.userCode);
    const found = userCode === null ? null : await store.deviceCodes.findByUserCode(userCode, nowMs);
    if (userCode === null || found === null || found.state !== "pending") return wrongCode();
    if (form.isRefused) return (await store.transaction((tx) => store.deviceCodes.decide(userCode, "denied", nowMs, tx))) ? { kind: "refused" } : wrongCode();
    if (!(await store.deviceCodes.beginAttempt(userCode, { nowMs, attemptsMax: ATTEMPTS_MAX }))) return { kind: "tooManyAttempts" };
    const principal = await checkClient(form.clientId.trim(), form.clientSecret.trim());
    if (principal === "busy") return { kind: "busy" };
    if (principal === null) return { kind: "wrongSecret" };
    if (principal.type !== "User") return { kind: "notAPerson", displayName: principal.displayName };
    const person = await store.principals.findByObjectId(principal.id);
    const isDone = await store.transaction(async (tx) => {
      if (!(await store.deviceCodes.decide(userCode, { objectId: principal.id }, clock.now(), tx))) return false;
      await store.appendAudit({ atMs: clock.now(), principal: principal.id, correlationId: form.correlationId, action: SIGN_IN_ACTION, resourceId: principalId(person?.name ?? principal.id), beforeSha256: null, afterSha256: null }, tx);
      return true;
    });
    return isDone ? { kind: "signedIn", displayName: principal.displayName } : wrongCode();
  };
}
