// A certificate of its own for a start that was given none: self-signed, for loopback.
import "reflect-metadata"; // the certificate library needs it to be there first
import { randomBytes, webcrypto } from "node:crypto";
import { BasicConstraintsExtension, PemConverter, SubjectAlternativeNameExtension, X509CertificateGenerator } from "@peculiar/x509";

const ALGORITHM = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" } as const;
const DAY_MS = 86_400_000;
const VALID_DAYS = 30;

export async function createCertificate(): Promise<{ readonly keyPem: string; readonly certificatePem: string }> {
  const keys = await webcrypto.subtle.generateKey(ALGORITHM, true, ["sign", "verify"]);
  const nowMs = Date.now();
  const certificate = await X509CertificateGenerator.createSelfSigned(
    {
      serialNumber: randomBytes(16).toString("hex"),
      name: "CN=EMULATED management server",
      notBefore: new Date(nowMs - DAY_MS),
      notAfter: new Date(nowMs + VALID_DAYS * DAY_MS),
      signingAlgorithm: ALGORITHM,
      keys,
      extensions: [
        new BasicConstraintsExtension(true, 0, true),
        new SubjectAlternativeNameExtension([
          { type: "dns", value: "localhost" },
          { type: "ip", value: "127.0.0.1" },
        ]),
      ],
    },
    webcrypto,
  );
  return { keyPem: PemConverter.encode(await webcrypto.subtle.exportKey("pkcs8", keys.privateKey), "PRIVATE KEY"), certificatePem: certificate.toString("pem") };
}
