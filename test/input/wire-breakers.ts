// Ways to break a request around its body: path, query, headers, method, token. What a front door meets from
// broken clients and from people who try doors.
import { encodeSkipToken } from "@cynosure/arm-protocol";
import type { Breaker } from "./body-breakers.ts";
import type { Random } from "./seeded-random.ts";
import type { TestRequest, Token } from "./valid-request.ts";

const changing = (name: string, weight: number, change: (request: TestRequest, random: Random) => boolean | undefined): Breaker => ({ name, weight, breaks: (request, random) => change(request, random) !== false });
const refused = (name: string, weight: number, change: (request: TestRequest, random: Random) => boolean | undefined): Breaker =>
  changing(name, weight, (request, random) => {
    if (change(request, random) === false) return false;
    request.mustRefuse = true;
    return true;
  });

/** The words of the path that the caller chose. */
const chosen = (request: TestRequest): number[] => request.operation.path.slice(1).split("/").flatMap((word, index) => (word.startsWith("{") ? [index] : []));

const tokens: readonly Token[] = ["none", "garbage", "expired", "otherTenant", "otherKey", "unsigned", "long", "basic"];
const isWrite = (request: TestRequest): boolean => request.body !== null;
const isStorage = (request: TestRequest): boolean => request.operation.path.includes("Cynosure.Storage");

const inPath = (words: readonly string[]) => (request: TestRequest, random: Random): boolean => {
  const places = chosen(request);
  if (places.length === 0) return false;
  request.segments[random.pick(places)] = random.pick(words);
  return true;
};

export const wireBreakers: readonly Breaker[] = [
  refused("no right to be here", 5, (request, random) => void (request.token = random.pick(tokens))),
  refused("no api-version", 2, (request) => void (request.query = request.query.filter(([name]) => name !== "api-version"))),
  refused("bad api-version", 3, (request, random) => {
    // Front-door types accept any date from 2014 on.
    request.query = [["api-version", random.pick(["", "latest", "2026-13-01", "2013-01-01", "0", "2026-12-01'", "%00", "𝟚𝟘𝟚𝟞-12-01", "9".repeat(3000), ...(isStorage(request) ? ["2026-12-02", "2099-01-01", "2026-12-01-preview"] : [])])]];
    return true;
  }),
  changing("query parameters twice", 2, (request, random) => void request.query.push(["api-version", random.pick(["1999-01-01", ""])], ["API-VERSION", "x"], ["$top", "2"], ["$top", "x"])),
  refused("bad paging", 3, (request, random) => {
    if (request.method !== "GET" || !/list/i.test(request.operation.id) || /^(Operations|Subscriptions)_/.test(request.operation.id)) return false;
    request.query = request.query.filter(([name]) => name !== "$top");
    request.query.push(random.pick<[string, string]>([["$top", "0"], ["$top", "-1"], ["$top", "1.5"], ["$top", "ten"], ["$top", "1e3"], ["$top", "99999999999999999999"], ["$skipToken", "AAAA"], ["$skipToken", ""], ["$skipToken", "'or 1=1"], ["$skipToken", "x".repeat(2000)], ["$SKIPTOKEN", "%F0%9F"], ["$skipToken", encodeSkipToken("a\u0000b")], ["$skipToken", encodeSkipToken("\n")]]));
    return true;
  }),
  changing("odd query", 2, (request, random) => void request.query.push(random.pick<[string, string]>([["__proto__", "x"], ["constructor", "x"], ["", "x"], ["a", "b=c=d"], ["$filter", "'"], ["x".repeat(1000), "y"], ["$expand", "*"]]))),
  refused("broken escape", 3, inPath(["%", "%zz", "%ff", "%c3%28", "%ed%a0%80", "a%00b", "a%0ab", "a%7fb"])),
  refused("dot segment or encoded slash", 3, inPath(["%2e%2e", "%2E", "..", ".", "a%2fb", "..%2f..%2fetc%2fpasswd"])),
  changing("odd name", 4, inPath(["Bad_Name", "UPPER", "x", "-a-", "a".repeat(300), "%F0%9F%A6%8A", "na%20me", "%C4%B0stanbul", "a%CC%81", "constructor", "__proto__", "null", "a%25b", "'%20or%20''='", "a%5Cb", "%3Cscript%3E", "1", "~", "*", "%EF%BC%8F", "a.", ".a"])),
  refused("bad subscription", 2, (request, random) => {
    const at = request.segments.findIndex((word) => word.toLowerCase() === "subscriptions") + 1;
    if (at === 0 || at >= request.segments.length) return false;
    request.segments[at] = random.pick(["mine", "00000000", "11111111-1111-4111-8111-111111111111", "00000000-0000-4000-8000-00000000000g", "{00000000-0000-4000-8000-000000000001}", "%20"]);
    return true;
  }),
  refused("unknown type", 2, (request, random) => {
    const unknown = [["castles", "c", "towers", "t", "x"], ["providers", "Contoso.Other", "clusters", "c"], ["providers", "Cynosure.Storage", "castles", "c"]];
    request.segments = random.chance(0.3) ? random.pick([["providers"], ["tenants", "x"], ["subscription", "s"], ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l"]]) : [...request.segments, ...random.pick(unknown)];
    return true;
  }),
  changing("slashes and case", 2, (request, random) => {
    const word = random.between(0, request.segments.length - 1);
    const text = request.segments[word] ?? "";
    request.segments[word] = random.pick([`/${text}`, `${text}/`, text.toUpperCase(), text.toLowerCase()]);
    return true;
  }),
  refused("URL too long", 1, (request) => void request.query.push(["x", "y".repeat(9000)])),
  refused("method nobody serves", 3, (request, random) => void (request.method = random.pick(["TRACE", "OPTIONS", "PROPFIND", "REPORT", "LOCK", "SEARCH"]))),
  changing("another method", 3, (request, random) => {
    const { method } = request;
    request.method = random.pick(["GET", "PUT", "PATCH", "POST", "DELETE", "HEAD"].filter((other) => other !== method));
    return true;
  }),
  refused("another media type", 3, (request, random) => {
    if (!isWrite(request)) return false;
    request.headers["content-type"] = random.pick(["text/plain", "application/xml", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "application/yaml", "json", ";", "application/jsonx", "\u00e4/\u00f6", "x".repeat(500)]);
    return true;
  }),
  refused("no media type", 1, (request) => {
    if (!isWrite(request) || request.body?.length === 0) return false;
    delete request.headers["content-type"];
    return true;
  }),
  changing("odd etag", 3, (request, random) => void (request.headers[random.pick(["if-match", "if-none-match"])] = random.pick(['"', '""', '"nope"', 'W/"nope"', "*, *", ",,,", '"a","b"', "*x", "x".repeat(4000), "\u00e4"]))),
  changing("odd headers", 4, (request, random) => {
    const [name, value] = random.pick<[string, string]>([
      ["x-ms-client-request-id", "not a guid"], ["x-ms-client-request-id", "\u00e4\u00ff"], ["x-ms-correlation-request-id", "x".repeat(3000)], ["x-ms-return-client-request-id", "TRUE"], ["accept", "text/html"], ["accept-language", "*;q=9"],
      ["accept-encoding", "br;q=1.0, gzip;q=zz"], ["referer", "javascript:alert(1)"], ["x-ms-arm-resource-system-data", "{"], ["host", "127.0.0.1:1"], ["host", "localhost"], ["x-forwarded-host", "evil.example"], ["x-http-method-override", "DELETE"],
      ["content-encoding", "gzip"], ["traceparent", "00-zz-zz-00"], ["cookie", "a=b"], ["range", "bytes=0-1"], ["expect", "100-continue"], ["upgrade", "websocket"], ["te", "trailers"], ["origin", "null"],
    ]);
    request.headers[name] = value;
    if (request.headers["x-ms-client-request-id"] !== undefined && random.chance(0.5)) request.headers["x-ms-return-client-request-id"] = "true";
    return true;
  }),
  refused("no host", 1, (request) => void (request.hostless = true)),
  refused("headers too large", 0.5, (request) => void (request.headers["x-large"] = "y".repeat(40_000))),
  refused("expectation nobody meets", 1, (request) => void (request.headers["expect"] = "the-unexpected")),
  refused("bad content-length", 1, (request, random) => {
    if (!isWrite(request)) return false;
    request.headers["content-length"] = random.pick(["abc", "-1", "1e3", "99999999999999999999999", ""]);
    return true;
  }),
  refused("body in an encoding nobody knows", 1, (request) => {
    if (!isWrite(request)) return false;
    request.headers["transfer-encoding"] = "bogus";
    return true;
  }),
];
