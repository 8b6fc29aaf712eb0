// One request of an operation as a client of the engine writes it, with every query parameter and body field that the
// document names: what a gateway gets, and what must arrive at the engine in the same bytes.
import type { VendorField, VendorOperation } from "./vendor-document.ts";

export interface OneRequest {
  readonly method: string;
  /** Below the API's own root, with the query. */
  readonly target: string;
  readonly contentType: string | null;
  readonly body: string | null;
}

const BOUNDARY = "between-the-parts";

export function valueOf({ name, type, choices }: VendorField): unknown {
  if (choices.length > 0) return choices[0];
  switch (type) {
    case "integer": return 17;
    case "number": return 1.5;
    case "boolean": return true;
    case "array": return [`one of ${name}`, "ü"];
    case "object": return { in: name };
    default: return `a ${name} & ü`;
  }
}

/** Ids are numbers; other names may hold what must be encoded. */
export const wordOf = (parameter: string): string => (/(^|_)id$/.test(parameter) ? "17" : encodeURIComponent(`a ${parameter}+ü`));

const multipart = (fields: readonly VendorField[]): string =>
  fields.map((field) => `--${BOUNDARY}\r\ncontent-disposition: form-data; name="${field.name}"\r\n\r\n${String(valueOf(field))}\r\n`).join("") + `--${BOUNDARY}--\r\n`;

export function oneRequest({ method, path, query, body }: VendorOperation): OneRequest {
  const filled = path.replaceAll(/\{([^}]+)\}/g, (_, name: string) => wordOf(name));
  const asked = query.map((field) => `${encodeURIComponent(field.name)}=${encodeURIComponent(String(valueOf(field)))}`).join("&");
  const target = asked === "" ? filled : `${filled}?${asked}`;
  if (body === null) return { method, target, contentType: null, body: null };
  if (body.kind === "multipart") return { method, target, contentType: `multipart/form-data; boundary=${BOUNDARY}`, body: multipart(body.fields) };
  return { method, target, contentType: "application/json", body: JSON.stringify(Object.fromEntries(body.fields.map((field) => [field.name, valueOf(field)]))) };
}
