// The bytes a verification writes: random to any storage, the same again for the same seed, so that a
// reader needs only the seed or the SHA-256 to know what must come back.
import { createCipheriv, createHash } from "node:crypto";

export function seededBytes(seed: string, sizeBytes: number): Buffer {
  const key = createHash("sha256").update(seed).digest();
  return createCipheriv("aes-256-ctr", key, Buffer.alloc(16)).update(Buffer.alloc(sizeBytes));
}

export const sha256 = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");

/** A copy that differs in exactly one byte. */
export function flipOneByte(bytes: Uint8Array): Buffer {
  const copy = Buffer.from(bytes);
  const middle = Math.floor(copy.length / 2);
  copy[middle] = (copy[middle] ?? 0) ^ 0x01;
  return copy;
}
