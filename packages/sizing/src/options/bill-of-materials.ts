// What has to be bought for a bare-metal option: counts follow from the option; what nobody has stated stays null.
import type { SizingOption } from "@cynosure/model";
import type { Candidate } from "../candidates/candidates.ts";
import { powerKWOf, rackUnitsOf, switchesFor } from "../limits/room.ts";
import type { Amount } from "../limits/amount.ts";
import { multiplied } from "../limits/amount.ts";
import type { SiteCase } from "../site-case.ts";
import { number, sourced } from "../words.ts";

type Item = SizingOption["billOfMaterials"][number];

const countOf = (amount: Amount): number | null => (amount.isWhole ? amount.value : null);

export function billOfMaterials(each: SiteCase, { host, shape, place }: Candidate): Item[] {
  const { size } = host;
  const { room } = each.site;
  if (place.kind !== "bareMetal" || size === null || room === null) return [];
  const { hosts } = shape;
  const { network } = room;
  const ports = countOf(multiplied(hosts, size.nicPorts.value));
  const drives = countOf(multiplied(hosts, size.drives.count.value));
  const switches = network === null ? null : countOf(switchesFor(room, host, hosts));
  const uplinks = network === null || switches === null ? null : switches * network.uplinkPorts;
  const power = countOf(powerKWOf(host, hosts));
  const unsaid = "the room says nothing of its network";
  return [
    { item: size.name, count: hosts, unit: "hosts", evidence: "storage hosts of all clusters" },
    { item: "drives in the hosts", count: drives, unit: "drives", evidence: `${sourced(size.drives.count, "a host")} of ${sourced(size.drives.driveGB, "GB")}` },
    { item: "NIC ports in the hosts", count: ports, unit: "ports", evidence: `${sourced(size.nicPorts, "a host")}${network === null ? "" : `, ${number(network.portGbps)} Gb/s each`}` },
    { item: "switches", count: switches, unit: "switches", evidence: network === null ? unsaid : `${number(network.switchPorts)} ports each, ${number(network.uplinkPorts)} of them uplinks` },
    { item: "cables from hosts to switches", count: ports, unit: "cables", evidence: "one a port" },
    { item: "cables from switches up", count: uplinks, unit: "cables", evidence: network === null ? unsaid : "one an uplink" },
    { item: "rack units", count: countOf(rackUnitsOf(room, host, hosts)), unit: "U", evidence: `${sourced(size.rackUnits, "U a host")}${network === null ? "" : ", one a switch"}` },
    { item: "power of the hosts", count: power, unit: "kW", evidence: sourced(size.powerWatts, "W a host") },
    { item: "power of a rack", count: power === null ? null : power / room.racks, unit: "kW", evidence: `spread evenly over ${number(room.racks)} racks; switches are not counted` },
  ];
}
