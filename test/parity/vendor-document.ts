// An independent reading of an engine vendor's API document: what operations there are and what one request of each looks
// like. It shares no code with the projection, whose work is judged by it. Reads the vendor's OpenAPI document, or the
// facts of it that the repository keeps.

export interface VendorField {
  readonly name: string;
  readonly type: string;
  readonly choices: readonly unknown[];
}

export interface VendorOperation {
  readonly method: string;
  /** With its `{names}`. */
  readonly path: string;
  readonly query: readonly VendorField[];
  readonly body: { readonly kind: string; readonly fields: readonly VendorField[] } | null;
}

type Json = Readonly<Record<string, unknown>>;

const METHODS = ["get", "put", "post", "patch", "delete"] as const;

const isObject = (value: unknown): value is Json => typeof value === "object" && value !== null && !Array.isArray(value);
const objectAt = (value: unknown, key: string): Json => (isObject(value) && isObject(value[key]) ? value[key] : {});
const listAt = (value: unknown, key: string): readonly unknown[] => (isObject(value) && Array.isArray(value[key]) ? value[key] : []);
const textAt = (value: unknown, key: string): string => (isObject(value) && typeof value[key] === "string" ? value[key] : "");

/** What a `$ref` points at, through as many of them as there are. */
function follow(document: Json, value: unknown): unknown {
  let at = value;
  for (let hops = 0; isObject(at) && typeof at["$ref"] === "string"; hops += 1) {
    if (hops > 20) throw new Error(`${at["$ref"]} points round in a circle`);
    at = at["$ref"].replace(/^#\//, "").split("/").reduce<unknown>((found, key) => (isObject(found) ? found[key] : undefined), document);
  }
  return at;
}

/** Of the schema and all that it is put together from. */
function propertiesOf(document: Json, schema: unknown): ReadonlyMap<string, unknown> {
  const whole = follow(document, schema);
  const parts = ["allOf", "oneOf", "anyOf"].flatMap((key) => listAt(whole, key));
  const items = textAt(whole, "type") === "array" && isObject(whole) ? [whole["items"]] : [];
  return new Map([...[...parts, ...items].flatMap((part) => [...propertiesOf(document, part)]), ...Object.entries(objectAt(whole, "properties"))]);
}

const fieldOf = (document: Json, name: string, schema: unknown): VendorField => {
  const seen = follow(document, schema);
  return { name, type: textAt(seen, "type") || "any", choices: listAt(seen, "enum") };
};

function bodyOf(document: Json, operation: Json): VendorOperation["body"] {
  const content = objectAt(follow(document, operation["requestBody"]), "content");
  const [type] = ["application/json", "*/*", "multipart/form-data", ...Object.keys(content)].filter((each) => each in content);
  if (type === undefined) return null;
  const kind = type === "multipart/form-data" ? "multipart" : "json";
  return { kind, fields: [...propertiesOf(document, objectAt(content, type)["schema"])].map(([name, schema]) => fieldOf(document, name, schema)) };
}

function fromOpenApi(document: Json): VendorOperation[] {
  return Object.entries(objectAt(document, "paths")).flatMap(([path, item]) =>
    METHODS.filter((method) => isObject(objectAt(document, "paths")[path]) && method in objectAt({ item }, "item")).map((method): VendorOperation => {
      const operation = objectAt(item, method);
      const parameters = [...listAt(item, "parameters"), ...listAt(operation, "parameters")].map((each) => follow(document, each));
      const query = parameters.filter((each) => textAt(each, "in") === "query").map((each) => fieldOf(document, textAt(each, "name"), isObject(each) ? each["schema"] : undefined));
      return { method: method.toUpperCase(), path, query, body: bodyOf(document, operation) };
    }),
  );
}

function fromFacts(facts: Json): VendorOperation[] {
  const field = (each: unknown): VendorField => ({ name: textAt(each, "name"), type: textAt(each, "type"), choices: listAt(each, "enum") });
  return listAt(facts, "operations").map((each): VendorOperation => {
    const body = objectAt(each, "body");
    return { method: textAt(each, "method"), path: textAt(each, "path"), query: listAt(each, "query").map(field), body: "kind" in body ? { kind: textAt(body, "kind"), fields: listAt(body, "fields").map(field) } : null };
  });
}

export function readVendorDocument(document: unknown): readonly VendorOperation[] {
  if (!isObject(document)) throw new Error("The document is no JSON object: give the vendor's OpenAPI document, or facts of it.");
  const operations = "facts" in document ? fromFacts(document) : fromOpenApi(document);
  if (operations.length === 0) throw new Error("The document lists no operation: give the vendor's OpenAPI document, or facts of it.");
  return operations;
}
