// Where files may be read from by URL: every public address, and what the operator lists besides. Addresses are judged, never
// spellings of them: one of IPv4 stays one when it is written as one of IPv6.
import { BlockList, isIP } from "node:net";
import { domainToASCII } from "node:url";

/** What an operator lists: names with all they resolve to, and addresses or ranges of them. */
export interface UrlTargets {
  /** In lower case, without a dot at the end. */
  readonly names: readonly string[];
  readonly ranges: readonly AddressRange[];
}

export interface AddressRange {
  readonly address: string;
  /** How many bits of it count. */
  readonly bits: number;
}

export const NO_URL_TARGETS: UrlTargets = { names: [], ranges: [] };

/** Entries of one list. */
export const URL_TARGETS_COUNT_MAX = 256;
const NAME_LENGTH_MAX = 253;
const BITS = { ipv4: 32, ipv6: 128 } as const;
/** Of an address of IPv6, in front of the one of IPv4 that is written in it. */
const MAPPED_BITS = 96;

/** IANA special-purpose registries: here, nearby, of documentation, or a way round to one of these. */
const NOT_PUBLIC_4 = ["0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4", "168.63.129.16"];
const NOT_PUBLIC_6 = ["::/96", "64:ff9b::/96", "64:ff9b:1::/48", "100::/64", "2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20", "5f00::/16", "fc00::/7", "fe80::/10", "fec0::/10", "ff00::/8"];
const notPublic = blockLists([...NOT_PUBLIC_4, ...NOT_PUBLIC_6].map(rangeOf));

/** Where clouds tell a machine its own secrets: link-local or at an address of its own, and the ways round to it. Whoever changes
 *  what a name resolves to must not get there by it. */
const neverByName = blockLists(["169.254.0.0/16", "168.63.129.16", "fe80::/10", "fd00:ec2::254", "::a9fe:0/112", "64:ff9b::a9fe:0/112", "2002:a9fe::/32"].map(rangeOf));

/** `10.1.0.0/16,files.example`: throws for what is no host name, address or range, and says which entry it is. */
export function parseUrlTargets(text: string): UrlTargets {
  const entries = text.split(",").map((entry) => entry.trim());
  if (entries.length > URL_TARGETS_COUNT_MAX) throw new Error(`it has ${entries.length} entries and may have ${URL_TARGETS_COUNT_MAX}; name ranges instead of single addresses`);
  const parsed = entries.map(parseEntry);
  return { names: [...new Set(parsed.filter((entry) => typeof entry === "string"))], ranges: parsed.filter((entry) => typeof entry !== "string") };
}

function parseEntry(entry: string): string | AddressRange {
  const bad = (why: string): Error => new Error(`'${entry.slice(0, NAME_LENGTH_MAX)}' ${why}. Write host names, addresses or ranges, like files.example,10.1.2.3,10.1.0.0/16`);
  if (entry === "") throw new Error("an entry is empty; write one comma between two entries, and none at the end");
  const [address = "", bits, ...more] = entry.split("/");
  if (isIP(address) !== 0) {
    if (address.includes("%")) throw bad("names an interface, which is no part of an address");
    const most = BITS[familyOf(address)];
    const least = familyOf(plainAddress(address) ?? address) === familyOf(address) ? 0 : MAPPED_BITS;
    if (more.length > 0 || (bits !== undefined && (!/^\d{1,3}$/.test(bits) || Number(bits) < least || Number(bits) > most))) throw bad(`needs a number from ${least} to ${most} behind one slash, or none`);
    return rangeOf(entry);
  }
  const name = hostName(entry);
  if (/[^\p{L}\p{N}._-]/u.test(entry) || !isHostName(name)) throw bad("is no host name, address or range");
  return name;
}

const hostName = (text: string): string => domainToASCII(text).toLowerCase().replace(/\.$/, "");

/** Its last word is no number: URLs read `127.1` as an address. */
const isHostName = (name: string): boolean => name.length <= NAME_LENGTH_MAX && /^(?:[a-z0-9_-]{1,63}\.)*[a-z0-9_-]{1,63}$/.test(name) && !/(?:^|\.)(?:\d+|0x[0-9a-f]*)$/.test(name);

/** `hostname`: as the URL has it; `address`: one that it resolved to. */
export function isAllowedAddress(address: string, hostname: string, { names, ranges }: UrlTargets): boolean {
  const plain = plainAddress(address);
  if (plain === null) return false;
  if (!holds(notPublic, plain) || holds(blockLists(ranges), plain)) return true;
  return names.includes(hostName(hostname)) && !holds(neverByName, plain);
}

/** An address of IPv4 that is written as one of IPv6 is that of IPv4. Null for what is no address, or one of an interface. */
function plainAddress(address: string): string | null {
  if (isIP(address) === 0 || address.includes("%")) return null;
  // A URL spells each address in one way: `::ffff:7f00:1`.
  const mapped = isIP(address) === 4 ? null : /^\[::ffff:([0-9a-f]{1,4}):([0-9a-f]{1,4})\]$/.exec(new URL(`https://[${address}]/`).hostname);
  if (mapped === null) return address;
  return mapped.slice(1).map((word) => Number.parseInt(word, 16)).flatMap((word) => [word >> 8, word & 255]).join(".");
}

function rangeOf(text: string): AddressRange {
  const [address = "", bits] = text.split("/");
  const plain = plainAddress(address) ?? address;
  const given = Number(bits ?? BITS[familyOf(address)]);
  return { address: plain, bits: familyOf(plain) === familyOf(address) ? given : given - MAPPED_BITS };
}

interface BlockLists {
  readonly ipv4: BlockList;
  readonly ipv6: BlockList;
}

/** Two: a list that holds the mapped addresses of IPv6 would find every address of IPv4 in them. */
function blockLists(ranges: readonly AddressRange[]): BlockLists {
  const lists = { ipv4: new BlockList(), ipv6: new BlockList() };
  for (const { address, bits } of ranges) lists[familyOf(address)].addSubnet(address, bits, familyOf(address));
  return lists;
}

const holds = (lists: BlockLists, plain: string): boolean => lists[familyOf(plain)].check(plain, familyOf(plain));

function familyOf(address: string): "ipv4" | "ipv6" {
  return isIP(address) === 4 ? "ipv4" : "ipv6";
}
