// §17: ARM's published list of client certificates: full match, refreshing, going stale; all on a clock of our own.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openArmTrust } from "./arm-trust.ts";
import type { OpenArmTrust } from "./arm-trust.ts";
import { fetchDocument } from "./fetch-document.ts";
import type { DocumentSource } from "./fetch-document.ts";
import { certificateList, makeArmClient, serveDocument } from "./testkit/index.ts";
import type { DocumentServer, ListedClient } from "./testkit/index.ts";

const START_MS = Date.parse("2026-12-01T00:00:00Z");
const HOUR_MS = 3_600_000;
const METADATA = { metadataUrl: "https://arm.test/metadata/authentication?api-version=2015-01-01", caFile: null };
let first: ListedClient;
let second: ListedClient;
let stranger: ListedClient;

beforeAll(async () => {
  [first, second, stranger] = await Promise.all([makeArmClient(START_MS), makeArmClient(START_MS + HOUR_MS), makeArmClient(START_MS)]);
});

function stage(document: unknown): { trust: OpenArmTrust; clock: { nowMs: number }; source: { document: unknown; askedCount: number } } {
  const clock = { nowMs: START_MS };
  const source = { document, askedCount: 0 };
  const load = (): Promise<unknown> => {
    source.askedCount += 1;
    return source.document instanceof Error ? Promise.reject(source.document) : Promise.resolve(source.document);
  };
  const trust = openArmTrust({ clientCertificates: METADATA, signedTokens: null, clock: { now: () => clock.nowMs, sleep: () => Promise.resolve() }, fetchDocument: load, readPem: () => "" });
  return { trust, clock, source };
}

const call = (trust: OpenArmTrust, client: { readonly der: Uint8Array } | null) => trust.authenticate({ method: "GET", headers: {}, clientCertificate: client?.der ?? null, pathAndQuery: "/" });
const away = new Error("connect ECONNREFUSED");

describe("the list of ARM's client certificates", () => {
  it("17: every certificate of the list that is valid now is trusted, and no other", async () => {
    const { trust } = stage(certificateList(first, second));
    await trust.refresh();
    for (const client of [first, second]) expect((await call(trust, client)).principal.id).toBe("unknown");
    for (const client of [stranger, null]) await expect(call(trust, client)).rejects.toMatchObject({ code: "AuthorizationFailed", kind: "forbidden" });
  });

  it("17: a certificate is compared by all of its bytes", async () => {
    const { trust } = stage(certificateList(first));
    await trust.refresh();
    const changed = Buffer.from(first.der);
    changed[changed.length - 1] = (changed[changed.length - 1] ?? 0) ^ 1;
    for (const der of [changed, first.der.subarray(0, -1), Buffer.concat([first.der, Buffer.from([0])]), Buffer.alloc(0)]) {
      await expect(call(trust, { der })).rejects.toMatchObject({ code: "AuthorizationFailed" });
    }
  });

  it("17: it is asked for again every hour; what was taken off the list is no longer trusted, what is new is", async () => {
    const { trust, clock, source } = stage(certificateList(first));
    await trust.refresh();
    source.document = certificateList(second);
    clock.nowMs += HOUR_MS - 1;
    await trust.refresh();
    expect(source.askedCount).toBe(1);
    await expect(call(trust, second)).rejects.toThrow();
    clock.nowMs += 1;
    await trust.refresh();
    expect(source.askedCount).toBe(2);
    expect((await call(trust, second)).principal.id).toBe("unknown");
    await expect(call(trust, first)).rejects.toMatchObject({ code: "AuthorizationFailed" });
  });

  it("17: before the list was read nobody is told from anybody, and the endpoint is not ready", async () => {
    const { trust, clock, source } = stage(away);
    await expect(trust.refresh()).rejects.toThrow(/ECONNREFUSED/);
    await expect(call(trust, first)).rejects.toMatchObject({ code: "ServiceUnavailable" });
    expect(trust.troubles()).toEqual(["the list of ARM's client certificates was never read"]);
    source.document = certificateList(first);
    await trust.refresh();
    expect(source.askedCount).toBe(1);
    clock.nowMs += 60_000;
    await trust.refresh();
    expect(trust.troubles()).toEqual([]);
  });

  it("17: an old list serves on while its server is away, and after 24 h without a new one the endpoint is not ready", async () => {
    const { trust, clock, source } = stage(certificateList(first));
    await trust.refresh();
    source.document = away;
    clock.nowMs += 23 * HOUR_MS;
    await expect(trust.refresh()).rejects.toThrow();
    expect(trust.troubles()).toEqual([]);
    expect((await call(trust, first)).principal.id).toBe("unknown");
    clock.nowMs += HOUR_MS;
    expect(trust.troubles()[0]).toMatch(/more than 24 h ago/);
    source.document = certificateList(await makeArmClient(clock.nowMs));
    await trust.refresh();
    expect(trust.troubles()).toEqual([]);
  });

  it("17: an empty list and one that has expired are not ready and trust nobody", async () => {
    const { trust, clock } = stage(certificateList());
    await trust.refresh();
    expect(trust.troubles()[0]).toMatch(/holds none$/);
    await expect(call(trust, first)).rejects.toMatchObject({ code: "AuthorizationFailed" });
    const other = stage(certificateList(first));
    await other.trust.refresh();
    other.clock.nowMs = Date.parse(first.entry.notAfter);
    expect(other.trust.troubles()).toContainEqual(expect.stringMatching(/holds none that is valid now|24 h ago/));
    await expect(call(other.trust, first)).rejects.toMatchObject({ code: "AuthorizationFailed" });
    clock.nowMs = Date.parse(first.entry.notBefore) - 1;
    const early = stage(certificateList(first));
    early.clock.nowMs = Date.parse(first.entry.notBefore) - 1;
    await early.trust.refresh();
    expect(early.trust.troubles()[0]).toMatch(/none that is valid now/);
    await expect(call(early.trust, first)).rejects.toMatchObject({ code: "AuthorizationFailed" });
  });

  it("17: an entry that cannot be read does not take the trust from the others; a document that is no list changes nothing", async () => {
    const { trust, clock, source } = stage({ clientCertificates: [null, { certificate: 7 }, { ...first.entry, notAfter: "never" }, second.entry] });
    await trust.refresh();
    expect((await call(trust, second)).principal.id).toBe("unknown");
    source.document = { certificates: [] };
    clock.nowMs += HOUR_MS;
    await expect(trust.refresh()).rejects.toThrow(/clientCertificates/);
    expect((await call(trust, second)).principal.id).toBe("unknown");
  });
});

describe("asking for a document", () => {
  let server: DocumentServer;
  const source = (change: Partial<DocumentSource> = {}): DocumentSource => ({ url: server.url, caPem: server.caPem, ...change });
  beforeAll(async () => {
    server = await serveDocument({ clientCertificates: [] });
  });
  afterAll(() => server.close());

  it("17: goes to the one URL, under the authority that is pinned", async () => {
    expect(await fetchDocument(source())).toEqual({ clientCertificates: [] });
    await expect(fetchDocument(source({ caPem: stranger.certificatePem }))).rejects.toThrow(/cannot be read/);
    await expect(fetchDocument(source({ caPem: null }))).rejects.toThrow(/cannot be read/);
  });

  it("17: follows no redirect", async () => {
    const elsewhere = await serveDocument(certificateList(stranger));
    for (const status of [301, 302, 307, 308]) {
      server.answer = { status, headers: { location: elsewhere.url } };
      await expect(fetchDocument(source())).rejects.toThrow(/redirects are refused/);
    }
    expect(elsewhere.askedCount).toBe(0);
    await elsewhere.close();
  });

  it("17: takes no error and no document without end for an answer", async () => {
    server.answer = { status: 500, body: certificateList(stranger) };
    await expect(fetchDocument(source())).rejects.toThrow(/answered 500/);
    server.answer = { status: 200, body: "x".repeat(2 * 1024 * 1024) };
    await expect(fetchDocument(source())).rejects.toThrow(/more than 1048576 bytes/);
    server.answer = { status: 200 };
    await expect(fetchDocument(source())).rejects.toThrow(/no JSON/);
  });
});
