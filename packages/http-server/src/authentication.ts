// The port through which a request gets its caller, and the challenge that tells a client where to sign in.
import type { ManagedIdentityStamp, RequestPrincipal, SystemDataStamp } from "@cynosure/arm-protocol";

export interface AuthenticationRequest {
  readonly method: string;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  /** DER of the client's certificate, when the listener asked for one and the client sent it. */
  readonly clientCertificate: Uint8Array | null;
  /** As the listener was asked; a front door in between may have been asked for another URL. */
  readonly pathAndQuery: string;
}

export interface Caller {
  readonly principal: RequestPrincipal;
  /** Only from a front door that is trusted: the URL its own client used (H7), and what it says of the resource. */
  readonly publicUrl?: string;
  readonly systemData?: SystemDataStamp;
  readonly managedIdentity?: ManagedIdentityStamp;
  /** Only of callers whom the cookie of a session names. */
  readonly session?: CallerSession;
  /** For answers that go on for minutes: whether what proved the caller still does. Absent where it cannot end. */
  readonly isStillValid?: () => Promise<boolean>;
}

export interface CallerSession {
  readonly expiresAtMs: number;
}

/** Throws AuthenticationFailed, InvalidAuthenticationToken or ExpiredAuthenticationToken; AuthorizationFailed only for a client certificate that is not trusted (P9), and for a session's cookie on a request that another site may have caused. */
export type Authenticate = (request: AuthenticationRequest) => Promise<Caller>;

/** WWW-Authenticate of a 401 (arm-rpc §11). The code is one of our own words, so it needs no quoting rules. */
export const challenge = (issuer: string, code: string): string =>
  `Bearer authorization_uri="${issuer}", error="${code === "AuthenticationFailed" ? "invalid_request" : "invalid_token"}", error_description="${code}"`;
