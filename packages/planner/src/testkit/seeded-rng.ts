// A small random stream for tests: children depend on seed and label only, as the contract of Rng says.
import type { Rng } from "@cynosure/model";

function hash(text: string): number {
  let value = 2166136261;
  for (let k = 0; k < text.length; k += 1) value = Math.imul(value ^ text.charCodeAt(k), 16777619);
  return value >>> 0;
}

export function testRng(seed: string): Rng {
  let state = hash(seed) || 1;
  const next = (): number => {
    state = Math.imul(state ^ (state >>> 15), 2246822519) + 0x9e3779b9;
    const mixed = Math.imul(state ^ (state >>> 13), 3266489917);
    return ((mixed ^ (mixed >>> 16)) >>> 0) / 2 ** 32;
  };
  const digits = (count: number): string => Array.from({ length: count }, () => Math.floor(next() * 16).toString(16)).join("");
  return { child: (label) => testRng(`${seed}/${label}`), next, uuid: () => `${digits(8)}-${digits(4)}-4${digits(3)}-8${digits(3)}-${digits(12)}` };
}
