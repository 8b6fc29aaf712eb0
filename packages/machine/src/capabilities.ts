// What this process may do by Linux capability. A user id says little: root of a container may lack rights, and
// an ordinary user may have been given some.
import { readFileSync } from "node:fs";

/** Bits of capabilities(7) that somebody here asks for. */
const bits = { SYS_ADMIN: 21 } as const;

/** Whether the effective set holds it; false where the kernel does not say. */
export function hasCapability(name: keyof typeof bits): boolean {
  const set = /^CapEff:\s*([0-9a-f]+)$/m.exec(readOwnStatus())?.[1];
  return set !== undefined && ((BigInt(`0x${set}`) >> BigInt(bits[name])) & 1n) === 1n;
}

/**
 * bubblewrap makes a user namespace by itself only for another uid than 0. In one, its command is root of the
 * files' owner, as it is where we are root.
 */
export const bwrapUserFlags = (): readonly string[] => (hasCapability("SYS_ADMIN") ? [] : ["--unshare-user", "--uid", "0", "--gid", "0"]);

function readOwnStatus(): string {
  try {
    return readFileSync("/proc/self/status", "utf8");
  } catch {
    return "";
  }
}
