// The bytes of an object: random to any storage, the same again for the same seed, so that writing an object again
// after a lost answer changes nothing.
import { createCipheriv, createHash } from "node:crypto";

export function bytesOf(seed: string, sizeBytes: number): Buffer {
  return createCipheriv("aes-256-ctr", createHash("sha256").update(seed).digest(), Buffer.alloc(16)).update(Buffer.alloc(sizeBytes));
}

export const checksumOf = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");
