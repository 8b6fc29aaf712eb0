// Protection and capacity between wire 2026-12-01 and the model.
import type { Protection } from "@cynosure/contract";
import type { ProtectionPolicy } from "@cynosure/model";

/** Wire capacities count decimal gigabytes; every count up to 10^9 is exact in a double of bytes. */
export const BYTES_PER_GB = 1_000_000_000;

export const protectionToModel = (wire: Protection): ProtectionPolicy => ({ hostFailures: wire.hostFailures, scheme: wire.scheme ?? "replication" });
export const protectionToWire = (model: ProtectionPolicy): Protection => ({ hostFailures: model.hostFailures, scheme: model.scheme });

export const gigabytesToBytes = (gigabytes: number): number => gigabytes * BYTES_PER_GB;
/** Rounds down: an answer never promises more than is held. */
export const bytesToGigabytes = (bytes: number): number => Math.floor(bytes / BYTES_PER_GB);
