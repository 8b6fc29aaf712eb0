// Request headers H1-H3 and H7: correlation and the public URL that links are built on.

const GUID_PATTERN = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** A header value is only echoed when it is a GUID: nobody writes text of their choice into logs or answers. */
const guidOrNull = (value: string | undefined): string | null => (value !== undefined && GUID_PATTERN.test(value.trim()) ? value.trim() : null);

export interface Correlation {
  readonly correlationId: string;
  readonly clientRequestId: string | null;
  readonly returnsClientRequestId: boolean;
}

/** `fallbackId` is used when the client sent no correlation id. */
export function readCorrelation(headers: Readonly<Record<string, string | undefined>>, fallbackId: string): Correlation {
  return {
    correlationId: guidOrNull(headers["x-ms-correlation-request-id"]) ?? fallbackId,
    clientRequestId: guidOrNull(headers["x-ms-client-request-id"]),
    returnsClientRequestId: (headers["x-ms-return-client-request-id"] ?? "").trim().toLowerCase() === "true",
  };
}

/** Headers that every answer carries (H2-H5). */
export function correlationHeaders(correlation: Correlation, requestId: string): Readonly<Record<string, string>> {
  return {
    "x-ms-request-id": requestId,
    "x-ms-correlation-request-id": correlation.correlationId,
    ...(correlation.returnsClientRequestId && correlation.clientRequestId !== null ? { "x-ms-client-request-id": correlation.clientRequestId } : {}),
  };
}

/** H7: the URL the client used. The `referer` counts only where a trusted front door sets it; otherwise the configured public base does. */
export function publicRequestUrl(options: { readonly trustedReferer: string | null; readonly baseUrl: string; readonly pathAndQuery: string }): string {
  return options.trustedReferer ?? `${options.baseUrl}${options.pathAndQuery}`;
}
