// Which failed reads are worth another try by themselves. Pure.
import { ArmError } from "@cynosure/sdk";
import { NotSignedIn } from "./session.ts";

const TRIES_MAX = 2;

/** The SDK's own pipeline has tried again already where the server asked for it; an explained refusal stays one. */
export function shouldRetry(failureCount: number, error: unknown): boolean {
  if (error instanceof NotSignedIn) return false;
  if (error instanceof ArmError && error.statusCode !== undefined && error.statusCode < 500) return false;
  return failureCount < TRIES_MAX;
}
