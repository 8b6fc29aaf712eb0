// Envelope sealing of secrets at rest: a fresh data key per value, AES-256-GCM, wrapped by the master key.
// The row's identity is bound as associated data, so a sealed value cannot be moved to another row.
// The master key comes from the composition root and is never stored in the database.
import { createCipheriv, createDecipheriv, createHash, randomBytes } from "node:crypto";

const FORMAT = 1;
const KEY_BYTES = 32;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

export interface Sealed {
  readonly keyId: string;
  readonly bytes: Buffer;
}

export interface Sealer {
  seal(plain: string, boundTo: string): Sealed;
  open(sealed: Sealed, boundTo: string): string;
}

function encrypt(key: Uint8Array, plain: Uint8Array, boundTo: string): Buffer {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv("aes-256-gcm", key, nonce);
  cipher.setAAD(Buffer.from(boundTo, "utf8"));
  const body = Buffer.concat([cipher.update(plain), cipher.final()]);
  return Buffer.concat([nonce, cipher.getAuthTag(), body]);
}

function decrypt(key: Uint8Array, bytes: Buffer, boundTo: string): Buffer {
  const decipher = createDecipheriv("aes-256-gcm", key, bytes.subarray(0, NONCE_BYTES));
  decipher.setAAD(Buffer.from(boundTo, "utf8"));
  decipher.setAuthTag(bytes.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES));
  return Buffer.concat([decipher.update(bytes.subarray(NONCE_BYTES + TAG_BYTES)), decipher.final()]);
}

/** Names a key without telling anything about it. */
const keyIdOf = (key: Uint8Array): string => createHash("sha256").update("cynosure master key id\0").update(key).digest("hex").slice(0, 16);

/** `formerKeys` still open what they sealed; new values are sealed with `masterKey` only. */
export function createSealer(masterKey: Uint8Array, formerKeys: readonly Uint8Array[] = []): Sealer {
  for (const key of [masterKey, ...formerKeys]) {
    if (key.length !== KEY_BYTES) throw new RangeError(`A master key has ${KEY_BYTES} bytes, this one ${key.length}: make it with 32 random bytes.`);
  }
  const keyId = keyIdOf(masterKey);
  const keys = new Map([masterKey, ...formerKeys].map((key) => [keyIdOf(key), key]));
  const wrappedBytes = NONCE_BYTES + TAG_BYTES + KEY_BYTES;
  return {
    seal(plain, boundTo) {
      const dataKey = randomBytes(KEY_BYTES);
      const wrapped = encrypt(masterKey, dataKey, `key ${boundTo}`);
      return { keyId, bytes: Buffer.concat([Buffer.from([FORMAT]), wrapped, encrypt(dataKey, Buffer.from(plain, "utf8"), boundTo)]) };
    },
    open(sealed, boundTo) {
      const key = keys.get(sealed.keyId);
      if (key === undefined) throw new Error(`A secret was sealed with master key ${sealed.keyId}, which was not given: restore that key file.`);
      if (sealed.bytes[0] !== FORMAT) throw new Error("A sealed secret has an unknown format: run the release that wrote it.");
      const dataKey = decrypt(key, sealed.bytes.subarray(1, 1 + wrappedBytes), `key ${boundTo}`);
      return decrypt(dataKey, sealed.bytes.subarray(1 + wrappedBytes), boundTo).toString("utf8");
    },
  };
}
