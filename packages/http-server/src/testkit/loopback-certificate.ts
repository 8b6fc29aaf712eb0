// A self-signed certificate for a listener on this machine: what a first start uses until an operator
// brings a real one. Clients trust the certificate file itself.
import "reflect-metadata"; // the certificate library needs it to be there first
import { randomBytes, webcrypto } from "node:crypto";
import { isIP } from "node:net";
import { BasicConstraintsExtension, ExtendedKeyUsage, ExtendedKeyUsageExtension, KeyUsageFlags, KeyUsagesExtension, PemConverter, SubjectAlternativeNameExtension, X509CertificateGenerator } from "@peculiar/x509";

const ALGORITHM = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" } as const;
const DAY_MS = 86_400_000;

export interface LoopbackCertificate {
  readonly keyPem: string;
  readonly certificatePem: string;
}

export async function createLoopbackCertificate(options: { readonly names: readonly string[]; readonly nowMs: number; readonly validDays: number }): Promise<LoopbackCertificate> {
  const keys = await webcrypto.subtle.generateKey(ALGORITHM, true, ["sign", "verify"]);
  const certificate = await X509CertificateGenerator.createSelfSigned(
    {
      serialNumber: randomBytes(16).toString("hex"),
      name: "CN=Cynosure control plane",
      notBefore: new Date(options.nowMs - DAY_MS),
      notAfter: new Date(options.nowMs + options.validDays * DAY_MS),
      signingAlgorithm: ALGORITHM,
      keys,
      extensions: [
        // It is its own authority, so that clients that insist on a chain can be given this one file.
        new BasicConstraintsExtension(true, 0, true),
        new KeyUsagesExtension(KeyUsageFlags.digitalSignature | KeyUsageFlags.keyCertSign, true),
        new ExtendedKeyUsageExtension([ExtendedKeyUsage.serverAuth]),
        new SubjectAlternativeNameExtension(options.names.map((value) => ({ type: isIP(value) === 0 ? ("dns" as const) : ("ip" as const), value }))),
      ],
    },
    webcrypto,
  );
  const pkcs8 = await webcrypto.subtle.exportKey("pkcs8", keys.privateKey);
  return { keyPem: PemConverter.encode(pkcs8, "PRIVATE KEY"), certificatePem: certificate.toString("pem") };
}
