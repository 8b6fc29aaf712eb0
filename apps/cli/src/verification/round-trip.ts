// The verification itself, the same for files and objects: write through one gateway, read through another,
// compare SHA-256 with what was meant to be written; and read what an earlier run wrote. How a protocol
// reads and writes is handed in; so is the fault that a test places between writing and reading.
import { flipOneByte, seededBytes, sha256 } from "./seeded-file.ts";

/** One gateway of one protocol, as a client reaches it. */
export interface StorageGateway {
  /** For people: `nfs-1 (127.0.0.1:20491)`. */
  readonly label: string;
  write(name: string, bytes: Uint8Array): Promise<void>;
  read(name: string): Promise<Buffer>;
  /** Throws until the gateway serves: after a restart its daemon may still be starting behind the relay. */
  probe(): Promise<void>;
}

/** What an earlier run wrote and a later one must find unchanged. */
export interface WrittenItem {
  readonly name: string;
  readonly sha256: string;
  readonly sizeBytes: number;
}

export type Fault = "none" | "flip-byte";

export interface RoundTripResult {
  readonly isVerified: boolean;
  readonly lines: readonly string[];
  /** What to look for next time; null when it did not verify. */
  readonly written: WrittenItem | null;
}

export interface RoundTrip {
  /** What is moved, for people: "file on home". */
  readonly what: string;
  readonly gateways: readonly StorageGateway[];
  readonly name: string;
  readonly seed: string;
  readonly sizeBytes: number;
  readonly earlier: WrittenItem | null;
  readonly fault: Fault;
}

export async function verifyRoundTrip(trip: RoundTrip): Promise<RoundTripResult> {
  const [writer] = trip.gateways;
  const reader = trip.gateways.at(-1);
  if (writer === undefined || reader === undefined || writer === reader) {
    return { isVerified: false, written: null, lines: [`${trip.what}: needs two gateways to write through one and read through the other, found ${trip.gateways.length}`] };
  }
  const lines: string[] = [];
  const earlierOk = trip.earlier === null || (await readBack(trip, trip.earlier, trip.gateways, "written by an earlier run", lines));
  const bytes = seededBytes(trip.seed, trip.sizeBytes);
  const item: WrittenItem = { name: trip.name, sha256: sha256(bytes), sizeBytes: bytes.length };
  try {
    await writer.write(trip.name, bytes);
    // The fault changes what is stored, through the front door: nothing of the comparison below knows of it.
    if (trip.fault === "flip-byte") await writer.write(trip.name, flipOneByte(bytes));
  } catch (error) {
    lines.push(`${trip.what}: writing through ${writer.label} failed: ${reason(error)}`);
    return { isVerified: false, lines, written: null };
  }
  const isSame = await readBack(trip, item, [reader], `written through ${writer.label}`, lines);
  return { isVerified: isSame && earlierOk, lines, written: isSame ? item : null };
}

async function readBack(trip: RoundTrip, item: WrittenItem, gateways: readonly StorageGateway[], origin: string, lines: string[]): Promise<boolean> {
  let isSame = true;
  for (const gateway of gateways) {
    try {
      const found = sha256(await gateway.read(item.name));
      const ok = found === item.sha256;
      isSame &&= ok;
      lines.push(`${trip.what}: ${formatSize(item.sizeBytes)} ${origin}, read through ${gateway.label}: ${ok ? `SHA-256 equal (${found.slice(0, 12)})` : `SHA-256 DIFFERS, expected ${item.sha256}, found ${found}`}`);
    } catch (error) {
      isSame = false;
      lines.push(`${trip.what}: reading ${item.name} through ${gateway.label} failed: ${reason(error)}`);
    }
  }
  return isSame;
}

const formatSize = (bytes: number): string => `${(bytes / 1_048_576).toFixed(bytes % 1_048_576 === 0 ? 0 : 1)} MiB`;
const reason = (error: unknown): string => (error instanceof Error ? error.message : String(error));
