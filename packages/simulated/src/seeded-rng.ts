// A random stream made of a seed: the same seed gives the same world for ever, and a child's values depend
// on its label only, so that adding one entity to a world leaves all others as they were.
import type { Rng } from "@cynosure/model";

/** FNV-1a over UTF-16 code units, with a final mix: short labels must land far apart. */
function hashText(text: string, basis: number): number {
  let value = basis;
  for (let k = 0; k < text.length; k += 1) value = Math.imul(value ^ text.charCodeAt(k), 0x01000193);
  value = Math.imul(value ^ (value >>> 16), 0x85ebca6b);
  value = Math.imul(value ^ (value >>> 13), 0xc2b2ae35);
  return (value ^ (value >>> 16)) >>> 0;
}

const BASES = [0x811c9dc5, 0x9e3779b9, 0x85ebca6b, 0xc2b2ae35] as const;

/** sfc32: 128 bits of state, passes the usual batteries, four lines. */
function stream(seed: string): () => number {
  let [a, b, c, counter] = BASES.map((basis) => hashText(seed, basis)) as [number, number, number, number]; // four bases, four words
  const draw = (): number => {
    const mixed = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = ((c << 21) | (c >>> 11)) + mixed;
    return mixed >>> 0;
  };
  for (let k = 0; k < 12; k += 1) draw();
  return draw;
}

export function createSeededRng(seed: string | number): Rng {
  const label = String(seed);
  const draw = stream(label);
  const hex = (digits: number): string => draw().toString(16).padStart(8, "0").slice(0, digits);
  return {
    child: (name) => createSeededRng(`${label}/${name}`),
    next: () => draw() / 2 ** 32,
    uuid() {
      const variant = ((draw() & 0x3) | 0x8).toString(16);
      return `${hex(8)}-${hex(4)}-4${hex(3)}-${variant}${hex(3)}-${hex(8)}${hex(4)}`;
    },
  };
}
