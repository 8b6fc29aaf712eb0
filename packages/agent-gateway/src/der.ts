// The little DER that certificates and certificate requests need: definite lengths, written and read in
// one pass. Not a general ASN.1 library; what it does not know it refuses. OpenSSL, through node:tls and
// node:crypto, checks everything made here when it is used.

export const tag = { boolean: 0x01, integer: 0x02, bitString: 0x03, octetString: 0x04, oid: 0x06, utf8String: 0x0c, utcTime: 0x17, generalizedTime: 0x18, sequence: 0x30, set: 0x31 } as const;

export const derNode = (kind: number, ...parts: readonly Uint8Array[]): Buffer => {
  const body = Buffer.concat(parts);
  return Buffer.concat([Buffer.from([kind]), derLength(body.length), body]);
};

function derLength(length: number): Buffer {
  if (length < 0x80) return Buffer.from([length]);
  const digits: number[] = [];
  for (let rest = length; rest > 0; rest = Math.floor(rest / 256)) digits.unshift(rest % 256);
  return Buffer.from([0x80 | digits.length, ...digits]);
}

export const derSequence = (...parts: readonly Uint8Array[]): Buffer => derNode(tag.sequence, ...parts);
export const derOctets = (bytes: Uint8Array): Buffer => derNode(tag.octetString, bytes);
/** A bit string of whole bytes. */
export const derBits = (bytes: Uint8Array, unusedBits = 0): Buffer => derNode(tag.bitString, Buffer.from([unusedBits]), bytes);
export const derTrue: Buffer = derNode(tag.boolean, Buffer.from([0xff]));

/** A non-negative integer of any size, as its big-endian bytes. */
export function derInteger(bytes: Uint8Array): Buffer {
  let start = 0;
  while (start < bytes.length - 1 && bytes[start] === 0) start += 1;
  const digits = bytes.subarray(start);
  return derNode(tag.integer, ((digits[0] ?? 0) & 0x80) === 0 ? digits : Buffer.concat([Buffer.from([0]), digits]));
}

export function derOid(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split(".").map(Number);
  const bytes: number[] = [first * 40 + second];
  for (const arc of rest) {
    const digits = [arc % 128];
    for (let left = Math.floor(arc / 128); left > 0; left = Math.floor(left / 128)) digits.unshift((left % 128) | 0x80);
    bytes.push(...digits);
  }
  return derNode(tag.oid, Buffer.from(bytes));
}

/** UTC in whole seconds: UTCTime until 2049, GeneralizedTime after (RFC 5280, 4.1.2.5). */
export function derTime(ms: number): Buffer {
  const digits = `${new Date(ms).toISOString().slice(0, 19).replace(/[-:T]/g, "")}Z`;
  return digits < "2050" ? derNode(tag.utcTime, Buffer.from(digits.slice(2), "latin1")) : derNode(tag.generalizedTime, Buffer.from(digits, "latin1"));
}

export interface DerItem {
  readonly tag: number;
  readonly body: Buffer;
  /** Tag, length and body, as they stood: what a signature covers. */
  readonly raw: Buffer;
}

/** The items that follow each other in `bytes`. Throws on anything that is not complete DER. */
export function readDerItems(bytes: Buffer): readonly DerItem[] {
  const items: DerItem[] = [];
  let at = 0;
  while (at < bytes.length) {
    const kind = bytes[at];
    const short = bytes[at + 1];
    if (kind === undefined || short === undefined || (kind & 0x1f) === 0x1f) throw new Error("malformed DER");
    const lengthBytes = short < 0x80 ? 0 : short & 0x7f;
    if (short === 0x80 || lengthBytes > 3 || at + 2 + lengthBytes > bytes.length) throw new Error("malformed DER length");
    const length = lengthBytes === 0 ? short : bytes.readUIntBE(at + 2, lengthBytes);
    const bodyAt = at + 2 + lengthBytes;
    if (bodyAt + length > bytes.length) throw new Error("truncated DER");
    items.push({ tag: kind, body: bytes.subarray(bodyAt, bodyAt + length), raw: bytes.subarray(at, bodyAt + length) });
    at = bodyAt + length;
  }
  return items;
}
