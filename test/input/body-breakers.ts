// Ways to break a body, guided by its schema: each takes a valid request and answers whether it found
// something to break. `mustRefuse` is set only where the document alone says no.
import type { DocumentedOperation, Schema } from "./openapi-document.ts";
import type { Random } from "./seeded-random.ts";
import type { TestRequest } from "./valid-request.ts";

export interface Breaker {
  readonly name: string;
  readonly weight: number;
  breaks(request: TestRequest, random: Random): boolean;
}

interface Place {
  readonly holder: Record<string, unknown>;
  readonly key: string;
  readonly schema: Schema;
  readonly isRequired: boolean;
}

/** Every property and item of the value that the schema describes. */
function placesOf(operation: DocumentedOperation, given: Schema, value: unknown): Place[] {
  const schema = operation.flatten(given);
  if (typeof value !== "object" || value === null) return [];
  const holder = value as Record<string, unknown>; // an object or a list: both are read by key
  return Object.keys(holder).flatMap((key) => {
    const below = Array.isArray(value) ? schema.items : (schema.properties?.[key] ?? (typeof schema.additionalProperties === "object" ? schema.additionalProperties : undefined));
    if (below === undefined) return [];
    return [{ holder, key, schema: operation.flatten(below), isRequired: schema.required?.includes(key) === true }, ...placesOf(operation, below, holder[key])];
  });
}

function objectsOf(operation: DocumentedOperation, given: Schema, value: unknown): Record<string, unknown>[] {
  const schema = operation.flatten(given);
  if (typeof value !== "object" || value === null || schema.additionalProperties !== undefined) return [];
  const holder = value as Record<string, unknown>; // as above
  const below = Object.keys(holder).flatMap((key) => objectsOf(operation, (Array.isArray(value) ? schema.items : schema.properties?.[key]) ?? {}, holder[key]));
  return Array.isArray(value) || schema.properties === undefined ? below : [holder, ...below];
}

/** Changes the value of the body and writes it out again. */
function onValue(request: TestRequest, change: (root: { body: unknown }) => boolean): boolean {
  const { body } = request.operation;
  if (body === null || request.value === undefined || request.body === null) return false;
  const root = { body: structuredClone(request.value) };
  if (!change(root)) return false;
  request.value = root.body;
  request.body = Buffer.from(JSON.stringify(root.body));
  return true;
}

/** Breaks one place that `fits`; what is put there the document refuses. */
function atPlace(fits: (place: Place, request: TestRequest) => boolean, put: (place: Place, random: Random) => unknown): Breaker["breaks"] {
  return (request, random) =>
    onValue(request, (root) => {
      const places = placesOf(request.operation, request.operation.body ?? {}, root.body).filter((place) => fits(place, request));
      if (places.length === 0) return false;
      const place = random.pick(places);
      const value = put(place, random);
      if (value === undefined) delete place.holder[place.key];
      else place.holder[place.key] = value;
      request.mustRefuse = true;
      return true;
    });
}

const wrongKinds = (schema: Schema): unknown[] => {
  const all: Record<string, unknown[]> = { string: ["text", ""], number: [1, 1.5, -0, 2 ** 53, 1e308], boolean: [true, false], array: [[], [[]], [{}], [null]], object: [{}, { a: 1 }] };
  const own = schema.type === "integer" ? "number" : schema.type;
  if (own === undefined) return [];
  return Object.entries(all).filter(([kind]) => kind !== own).flatMap(([, values]) => values);
};

const outside = (schema: Schema): unknown[] => [
  ...(schema.minimum === undefined ? [] : [schema.minimum - 1, -(2 ** 31), -1e308]),
  ...(schema.maximum === undefined ? [] : [schema.maximum + 1, 2 ** 31, 2 ** 53, 1e300]),
  ...(schema.type === "integer" ? [(schema.minimum ?? 0) + 0.5, 1e-7] : []),
];

const badTexts = ["", " ", "-", "Ä", "UPPER CASE", "../../etc/passwd", "'; drop table cynosure.resources; --", "{{secret:x}}", "${jndi:ldap://x}", "\r\nset-cookie: a=b", "\u202egnp", "a\u0301", "🦊", "x".repeat(70_000), "0", "null", "-0", "__proto__"];
const doesNotMatch = (schema: Schema): string[] =>
  badTexts.filter((text) => (schema.pattern !== undefined && !new RegExp(schema.pattern).test(text)) || [...text].length > (schema.maxLength ?? Infinity) || [...text].length < (schema.minLength ?? 0));

const strangeKeys = ["colour", "constructor", "toString", "hasOwnProperty", "prototype", "", " ", "a.b", "a/b~c", "$ref", "x".repeat(5000), "Größe", "🦊", "0", "-1"];

/** Valid JSON that carries what `JSON.stringify` would not write. */
function asText(change: (text: string, random: Random) => string | null): Breaker["breaks"] {
  return (request, random) => {
    if (request.body === null || request.operation.body === null) return false;
    const before = request.body.toString("utf8");
    const text = change(before, random);
    // `{}` has no quotes to spoil: nothing was broken then.
    if (text === null || text === before) return false;
    request.body = Buffer.from(text, "utf8");
    request.mustRefuse = true;
    return true;
  };
}

const firstObject = (text: string, member: string): string | null => (text.startsWith("{") ? `{${member}${text === "{}" ? "" : ","}${text.slice(1)}` : null);
const nested = (depth: number, open: string, close: string): string => `${open.repeat(depth)}1${close.repeat(depth)}`;
const bytes = (make: (body: Buffer, random: Random) => Buffer): Breaker["breaks"] => (request, random) => {
  if (request.body === null || request.operation.body === null) return false;
  request.body = make(request.body, random);
  request.mustRefuse = true;
  return true;
};

const BODY_BYTES_MAX = 4 * 1024 * 1024;

export const bodyBreakers: readonly Breaker[] = [
  { name: "wrong type", weight: 6, breaks: atPlace(({ schema }) => wrongKinds(schema).length > 0, ({ schema }, random) => random.pick(wrongKinds(schema))) },
  { name: "null where a value is required", weight: 2, breaks: atPlace(({ isRequired, schema }, { operation }) => isRequired && schema.type !== undefined && operation.method === "PUT", () => null) },
  { name: "missing required property", weight: 4, breaks: atPlace(({ isRequired }) => isRequired, () => undefined) },
  { name: "number out of range", weight: 4, breaks: atPlace(({ schema }) => outside(schema).length > 0, ({ schema }, random) => random.pick(outside(schema))) },
  { name: "text the schema refuses", weight: 4, breaks: atPlace(({ schema }) => schema.type === "string" && schema.enum === undefined && doesNotMatch(schema).length > 0, ({ schema }, random) => random.pick(doesNotMatch(schema))) },
  { name: "text with NUL or half a surrogate", weight: 3, breaks: atPlace(({ schema }) => schema.type === "string", (_place, random) => random.pick(["a\u0000b", "\ud800", "x\udfff", "\ud83d\ud83d"])) },
  { name: "too many items", weight: 2, breaks: atPlace(({ schema, holder, key }) => schema.type === "array" && schema.maxItems !== undefined && Array.isArray(holder[key]) && holder[key].length > 0, ({ schema, holder, key }) => Array.from({ length: (schema.maxItems ?? 0) + 1 }, () => (holder[key] as unknown[])[0])) }, // seen to be a list by the filter
  {
    name: "extra or misspelt key",
    weight: 5,
    breaks: (request, random) =>
      onValue(request, (root) => {
        const objects = objectsOf(request.operation, request.operation.body ?? {}, root.body);
        if (objects.length === 0) return false;
        const object = random.pick(objects);
        const [first] = Object.keys(object);
        const key = first !== undefined && random.chance(0.4) ? random.pick([`${first}s`, first.toUpperCase(), ` ${first}`, first.slice(1)]) : random.pick(strangeKeys);
        Object.defineProperty(object, key, { value: random.pick([1, "x", null, {}, []]), enumerable: true, configurable: true, writable: true });
        request.mustRefuse = true;
        return true;
      }),
  },
  { name: "__proto__ as a key", weight: 2, breaks: asText((text, random) => firstObject(text, random.pick(['"__proto__":{"admin":true}', '"__proto__":null', '"\\u005f_proto__":1']))) },
  { name: "number that is no number", weight: 3, breaks: asText((text, random) => (/:\d+/.test(text) ? text.replace(/:\d+/, `:${random.pick(["NaN", "Infinity", "-Infinity", "1e309", "-1e400", "0x10", "010", "+1", "1_000", "1.", ".5", "123456789012345678901234567890"])}`) : null)) },
  { name: "deep nesting", weight: 1, breaks: asText((text, random) => firstObject(text, `"deep":${random.pick([nested(100, "[", "]"), nested(100, '{"a":', "}"), nested(20_000, "[", "]")])}`)) },
  { name: "truncated JSON", weight: 2, breaks: asText((text, random) => (text.length > 2 ? text.slice(0, random.between(1, text.length - 1)) : null)) },
  { name: "no JSON", weight: 2, breaks: asText((text, random) => random.pick([`${text},`, `${text}${text}`, text.replaceAll('"', "'"), "undefined", "name: x\n", "<a/>", `/* c */ ${text}`, "\u0000", " ", '{"a":1,}'])) },
  { name: "another JSON value", weight: 2, breaks: asText((text, random) => random.pick(["null", "[]", `[${text}]`, '"x"', "true", "0", "-0", "[[[]]]"])) },
  { name: "no body", weight: 1, breaks: bytes(() => Buffer.alloc(0)) },
  { name: "no UTF-8", weight: 1, breaks: bytes((body, random) => random.pick([Buffer.concat([Buffer.from([0xff, 0xfe]), body]), Buffer.from(body.toString("utf8"), "utf16le"), Buffer.concat([body.subarray(0, 1), Buffer.from([0xc3, 0x28]), body.subarray(1)]), Buffer.from([0xed, 0xa0, 0x80])])) },
  { name: "body at the limit", weight: 0.15, breaks: asText((text) => firstObject(text, `"x":"${"y".repeat(Math.max(0, BODY_BYTES_MAX - Buffer.byteLength(text) - 7))}"`)) },
  { name: "body over the limit", weight: 0.15, breaks: bytes(() => Buffer.alloc(BODY_BYTES_MAX + 1, 0x20)) },
  { name: "very many values", weight: 0.15, breaks: asText((text) => firstObject(text, `"x":[${"1,".repeat(210_000)}1]`)) },
  { name: "very many keys", weight: 0.3, breaks: asText((text) => firstObject(text, Array.from({ length: 150_000 }, (_, index) => `"k${index}":1`).join(","))) },
];
