// Answers of an engine may be larger than what ARM carries: said before it is sent, since nobody else would know why.
import { Buffer } from "node:buffer";
import { RESPONSE_BYTES_MAX } from "@cynosure/http-server";
import { ControlPlaneError } from "@cynosure/model";

export function requireBytesFit(bytes: number, target: string): void {
  if (bytes > RESPONSE_BYTES_MAX) throw new ControlPlaneError("OperationNotAllowed", `The engine's answer has ${bytes} bytes, and at most ${RESPONSE_BYTES_MAX} are answered here. Ask for less ('$top' of a list), or ask the cluster's native gateway, which has no such limit.`, { target });
}

export function requireFit(text: string, target: string): string {
  requireBytesFit(Buffer.byteLength(text), target);
  return text;
}

export const jsonThatFits = (body: unknown, target: string): string => requireFit(JSON.stringify(body), target);
