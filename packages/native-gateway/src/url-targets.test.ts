// Which addresses may be read by URL, and which lists of them an operator may give.
import { describe, expect, it } from "vitest";
import { URL_TARGETS_COUNT_MAX, isAllowedAddress, parseUrlTargets } from "./url-targets.ts";

const isAllowed = (address: string, listed: string, hostname = "other.example"): boolean => isAllowedAddress(address, hostname, parseUrlTargets(listed));

describe("an address that is not public", () => {
  it.each([
    ["127.0.0.1", "127.0.0.1", "127.0.0.2"],
    ["10.1.255.255", "10.1.0.0/16", "10.2.0.0"],
    ["10.1.0.0", "10.1.0.0/16", "10.0.255.255"],
    ["10.1.0.0", "10.1.200.7/16", "10.2.0.0"],
    ["192.168.7.130", "192.168.7.128/31,192.168.7.130/32", "192.168.7.131"],
    ["fd00:1::ffff", "fd00:1::/64", "fd00:1:0:1::"],
    ["::1", "::1", "::2"],
    ["FD00::A", "fd00::000a", "fd00::b"],
    ["::ffff:10.1.2.3", "10.1.0.0/16", "::ffff:10.2.0.0"],
    ["::ffff:a01:203", "10.1.0.0/16", "::ffff:a02:0"],
    ["10.1.2.3", "::ffff:10.1.0.0/112", "10.2.0.0"],
    ["10.1.2.3", "::ffff:10.1.2.3", "10.1.2.2"],
    ["169.254.169.254", "169.254.169.254", "169.254.169.253"],
    ["fe80::1", "fe80::/10", "fec0::1"],
  ])("%s is allowed by %s, and %s just outside is not", (inside, listed, outside) => {
    expect([isAllowed(inside, listed), isAllowed(outside, listed)]).toEqual([true, false]);
  });

  it("of the one version is not allowed by a range of the other", () => {
    expect([isAllowed("10.1.2.3", "::/0"), isAllowed("fd00::1", "0.0.0.0/0"), isAllowed("10.1.2.3", "0.0.0.0/0"), isAllowed("fd00::1", "::/0")]).toEqual([false, false, true, true]);
  });

  it("is allowed for a listed name, in any casing and with a dot at its end, and for no name above or below it", () => {
    expect(["files.example", "FILES.example", "files.example."].map((name) => isAllowed("10.1.2.3", "Files.Example", name))).toEqual([true, true, true]);
    expect(["a.files.example", "example", "files.example.org", "xfiles.example", "10.1.2.3"].map((name) => isAllowed("10.1.2.3", "files.example.", name))).toEqual([false, false, false, false, false]);
    expect(isAllowed("fd00::1", "bücher.example", "xn--bcher-kva.example")).toBe(true);
  });

  it.each(["169.254.169.254", "::ffff:169.254.169.254", "168.63.129.16", "fe80::1", "fd00:ec2::254", "64:ff9b::a9fe:a9fe", "2002:a9fe:a9fe::1", "::169.254.169.254"])("%s, where secrets of machines are told, needs to be listed itself", (address) => {
    expect(isAllowed(address, "files.example", "files.example")).toBe(false);
    expect(isAllowed(address, `files.example,${address}`, "files.example")).toBe(true);
  });

  it.each(["fe80::1%eth0", "not an address", ""])("%j is none, whatever is listed", (address) => {
    expect(isAllowed(address, "0.0.0.0/0,::/0,files.example", "files.example")).toBe(false);
  });
});

describe("a list of targets", () => {
  it("holds names, addresses and ranges, with blanks around them", () => {
    expect(parseUrlTargets(" files.example , 10.1.2.3,fd00::/8, ::ffff:10.0.0.0/104,files.example")).toEqual({
      names: ["files.example"],
      ranges: [{ address: "10.1.2.3", bits: 32 }, { address: "fd00::", bits: 8 }, { address: "10.0.0.0", bits: 8 }],
    });
  });

  it.each(["", "a,,b", "a,"])("%j has an empty entry", (list) => {
    expect(() => parseUrlTargets(list)).toThrow("an entry is empty");
  });

  it.each(["10.0.0.0/33", "10.0.0.0/", "10.0.0.0/8/8", "10.0.0.0/-1", "10.0.0.0/8.5", "::1/129", "fe80::1%eth0", "::ffff:10.0.0.0/95", "10.0.0.256", "10.0.0", "2130706433", "0x7f.1", "[::1]", "[::1]:443", "files.example:8443", "https://files.example", "files.example/path", "*.example", "a b", "a..b", ".", "user@files.example", "files.example?x", "x".repeat(64)])("%j is refused, and said what to write", (entry) => {
    expect(() => parseUrlTargets(`10.1.2.3,${entry}`)).toThrow(`'${entry}' `);
    expect(() => parseUrlTargets(entry)).toThrow("10.1.0.0/16");
  });

  it("ends somewhere", () => {
    const list = (count: number): string => Array.from({ length: count }, (_, at) => `10.0.0.${at % 250}`).join(",");
    expect(parseUrlTargets(list(URL_TARGETS_COUNT_MAX)).ranges).toHaveLength(URL_TARGETS_COUNT_MAX);
    expect(() => parseUrlTargets(list(URL_TARGETS_COUNT_MAX + 1))).toThrow(`may have ${URL_TARGETS_COUNT_MAX}`);
  });
});
