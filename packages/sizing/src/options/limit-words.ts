// A printed limit as a sentence part: "NIC egress 12 GB/s required, 10 there". Sources are in the limit's evidence, not here.
import { printLimit, type Limit } from "../limits/limit.ts";
import { known, plural } from "../words.ts";

export function limitNumbers(limit: Limit, hosts: number): string {
  const { name, unit, required, available } = printLimit(limit, hosts);
  const because = limit.because?.();
  return `${name} ${known(required)} ${unit} required, ${known(available)} there${because === undefined ? "" : ` (${because})`}`;
}

export const limitWords = (limit: Limit, hosts: number): string => `${plural(hosts, "host")}: ${limitNumbers(limit, hosts)}`;
