// Signing and checking anchors, and the key they are signed with. The key never enters the database.
import { createPrivateKey, createPublicKey, generateKeyPairSync, sign, verify } from "node:crypto";
import type { KeyObject } from "node:crypto";
import type { AuditAnchor } from "./audit-types.ts";
import { anchorBytes } from "./canonical.ts";

export interface AnchorSigner {
  /** As it stands in anchors: DER of SubjectPublicKeyInfo, base64. */
  readonly publicKey: string;
  readonly publicKeyPem: string;
  sign(statement: Omit<AuditAnchor, "publicKey" | "signature">): AuditAnchor;
}

export const generateAnchorKeyPem = (): string => generateKeyPairSync("ed25519").privateKey.export({ type: "pkcs8", format: "pem" }).toString();

const toText = (key: KeyObject): string => key.export({ type: "spki", format: "der" }).toString("base64");

export function openAnchorSigner(privateKeyPem: string): AnchorSigner {
  const privateKey = createPrivateKey(privateKeyPem);
  if (privateKey.asymmetricKeyType !== "ed25519") throw new Error(`The key that signs audit anchors is of type ${privateKey.asymmetricKeyType ?? "unknown"}; it must be Ed25519. Restore the key file that was there before.`);
  const publicKeyObject = createPublicKey(privateKey);
  const publicKey = toText(publicKeyObject);
  return {
    publicKey,
    publicKeyPem: publicKeyObject.export({ type: "spki", format: "pem" }).toString(),
    sign: (statement) => {
      const signed = { ...statement, publicKey };
      return { ...signed, signature: sign(null, anchorBytes(signed), privateKey).toString("base64") };
    },
  };
}

/** A PEM file's key as it stands in anchors. */
export function publicKeyOfPem(pem: string): string {
  const key = createPublicKey(pem);
  if (key.asymmetricKeyType !== "ed25519") throw new Error(`the key is of type ${key.asymmetricKeyType ?? "unknown"}, not Ed25519`);
  return toText(key);
}

/** True when the anchor was signed with the private half of `publicKey`, whatever key it names itself. */
export function isSignedBy(anchor: AuditAnchor, publicKey: string): boolean {
  try {
    const key = createPublicKey({ key: Buffer.from(publicKey, "base64"), format: "der", type: "spki" });
    return key.asymmetricKeyType === "ed25519" && verify(null, anchorBytes(anchor), key, Buffer.from(anchor.signature, "base64"));
  } catch {
    return false; // no key, no signature, or numbers that no anchor has
  }
}
