// Client secrets of the built-in issuer are kept only as scrypt hashes; checking takes the same time
// whether the client exists or not.
import { randomBytes, scrypt, timingSafeEqual } from "node:crypto";

const COST = 16384;
const KEY_BYTES = 32;
const SALT_BYTES = 16;
export const SECRET_LENGTH_MAX = 512;

const derive = (secret: string, salt: Buffer): Promise<Buffer> =>
  new Promise((resolve, reject) => {
    scrypt(secret, salt, KEY_BYTES, { N: COST, r: 8, p: 1 }, (error, key) => {
      if (error === null) resolve(key);
      else reject(error);
    });
  });

/** `scrypt$<salt>$<hash>`, both base64url. */
export async function hashClientSecret(secret: string): Promise<string> {
  const salt = randomBytes(SALT_BYTES);
  const key = await derive(secret, salt);
  return `scrypt$${salt.toString("base64url")}$${key.toString("base64url")}`;
}

/** Null stands for a client that does not exist: the work is done all the same. */
export async function isClientSecret(secret: string, stored: string | null): Promise<boolean> {
  if (secret.length > SECRET_LENGTH_MAX) return false;
  const [scheme, salt, hash] = (stored ?? `scrypt$${"A".repeat(22)}$${"A".repeat(43)}`).split("$");
  if (scheme !== "scrypt" || salt === undefined || hash === undefined) return false;
  const expected = Buffer.from(hash, "base64url");
  const actual = await derive(secret, Buffer.from(salt, "base64url"));
  return expected.length === actual.length && timingSafeEqual(expected, actual) && stored !== null;
}
