import { createHash, generateKeyPairSync, X509Certificate } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { clusterKey, hostId } from "@cynosure/model";
import fc from "fast-check";
import { afterAll, describe, expect, it } from "vitest";
import { agentLifetimeMs, createAuthority } from "./authority.ts";
import { readCertificateRequest } from "./certificate.ts";
import { identityUri, parseIdentityUri } from "./host-identity.ts";
import { makeCertificateRequest } from "./testkit/index.ts";

const pkiDir = mkdtempSync(join(tmpdir(), "cyn-pki-"));
afterAll(() => {
  rmSync(pkiDir, { recursive: true, force: true });
});
const nowMs = Date.now();
const identity = { clusterKey: clusterKey("/subscriptions/S/resourceGroups/RG/providers/Cynosure.Storage/clusters/demo"), hostId: hostId("host-3") };
const authority = createAuthority({ pkiDir }, { now: () => nowMs });
const der = (pem: string): Buffer => new X509Certificate(pem).raw;

describe("the installation's authority", () => {
  it("keeps its key in a file only the owner reads, and is the same after a restart", () => {
    expect(statSync(join(pkiDir, "authority.pem")).mode & 0o777).toBe(0o600);
    expect(statSync(pkiDir).mode & 0o777).toBe(0o700);
    expect(createAuthority({ pkiDir }, { now: () => nowMs }).caPem).toBe(authority.caPem);
    expect(readFileSync(join(pkiDir, "authority.pem"), "utf8")).toContain("PRIVATE KEY");
  });
  it("signs an agent certificate that names exactly one host, for thirty days, for clients only", () => {
    const issued = authority.issueAgentCertificate(makeCertificateRequest({ commonName: "host-99" }).csr, identity);
    const certificate = new X509Certificate(issued?.certificatePem ?? "");
    expect(certificate.subjectAltName).toBe(`URI:${identityUri(identity)}`);
    expect(certificate.subject).toBe("CN=host-3");
    expect(certificate.checkIssued(new X509Certificate(authority.caPem))).toBe(true);
    expect(certificate.ca).toBe(false);
    expect(certificate.keyUsage).toEqual(["1.3.6.1.5.5.7.3.2"]);
    expect(issued?.notAfterMs).toBe(nowMs + agentLifetimeMs);
    expect(authority.identify(certificate.raw)).toEqual(identity);
  });
  it("signs server certificates for names and addresses, which speak for no host", () => {
    const issued = authority.issueServerCertificate({ commonName: "control plane", dnsNames: ["localhost"], ipAddresses: ["127.0.0.1"] });
    const certificate = new X509Certificate(issued.certificatePem);
    expect(certificate.checkHost("localhost")).toBe("localhost");
    expect(certificate.checkIP("127.0.0.1")).toBe("127.0.0.1");
    expect(authority.identify(certificate.raw)).toBeNull();
  });
  it("refuses a certificate that is expired, not yet valid, foreign or no certificate", () => {
    const request = makeCertificateRequest().csr;
    const issued = der(authority.issueAgentCertificate(request, identity, 1000)?.certificatePem ?? "");
    const at = (ms: number): ReturnType<typeof authority.identify> => createAuthority({ pkiDir }, { now: () => ms }).identify(issued);
    expect(at(nowMs)).toEqual(identity);
    expect(at(nowMs + 2000)).toBeNull();
    expect(at(nowMs - 3600_000)).toBeNull();
    const foreignDir = mkdtempSync(join(tmpdir(), "cyn-pki-"));
    const foreign = createAuthority({ pkiDir: foreignDir }, { now: () => nowMs }).issueAgentCertificate(request, identity);
    rmSync(foreignDir, { recursive: true });
    expect(authority.identify(der(foreign?.certificatePem ?? ""))).toBeNull();
    expect(authority.identify(Buffer.from("no certificate"))).toBeNull();
  });
  it("signs only requests for a P-256 key that the sender owns", () => {
    const stranger = generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey;
    for (const csr of [makeCertificateRequest({ signWith: stranger }).csr, makeCertificateRequest({ namedCurve: "P-384" }).csr, "", authority.caPem]) {
      expect(authority.issueAgentCertificate(csr, identity)).toBeNull();
    }
  });
  it("survives damaged certificate requests", () => {
    const { csr } = makeCertificateRequest();
    const body = Buffer.from(csr.replace(/-----.*-----|\n/g, ""), "base64");
    fc.assert(fc.property(fc.nat(body.length - 1), fc.integer({ min: 1, max: 255 }), (at, change) => {
      const damaged = Buffer.from(body);
      damaged[at] = (damaged[at] ?? 0) ^ change;
      expect(readCertificateRequest(`-----BEGIN CERTIFICATE REQUEST-----\n${damaged.toString("base64")}\n-----END CERTIFICATE REQUEST-----`)).toBeNull();
    }), { numRuns: 300 });
  });
  it("can be given instead of kept on disk", () => {
    const text = readFileSync(join(pkiDir, "authority.pem"), "utf8");
    const given = createAuthority({ caKeyPem: text, caCertificatePem: authority.caPem }, { now: () => nowMs });
    const issued = given.issueAgentCertificate(makeCertificateRequest().csr, identity);
    expect(authority.identify(der(issued?.certificatePem ?? ""))).toEqual(identity);
    expect(createHash("sha256").update(given.caPem).digest("hex")).toHaveLength(64);
  });
});

describe("the identity in a certificate", () => {
  it("reads back what was written and nothing else", () => {
    expect(parseIdentityUri(identityUri(identity))).toEqual(identity);
    for (const uri of ["cynosure://host/x/host-1", "cynosure://host/%2Fc/../host-1", "cynosure://host/%2Fc/host-1/extra", "https://host/%2Fc/host-1", "cynosure://host/%2Fc/HOST", "cynosure://host/%/host-1"]) {
      expect(parseIdentityUri(uri)).toBeNull();
    }
  });
});
