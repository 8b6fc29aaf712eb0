// Limits of a bare-metal room: power, rack units and switch ports for the hosts of all clusters.
import type { BareMetalRoom } from "@cynosure/model";
import type { HostModel } from "../host-model.ts";
import { number, plural, sourced } from "../words.ts";
import { NOTHING, added, multiplied, scaled, whole, type Amount } from "./amount.ts";
import type { Limit } from "./limit.ts";

const WATTS_PER_KW = 1_000;
const unscanned = { hostsAtLeast: () => 0 };

/** Leaf switches for so many hosts; nothing where the room says nothing of its network. */
export function switchesFor(room: BareMetalRoom, host: HostModel, hosts: number): Amount {
  if (room.network === null) return NOTHING;
  const ports = multiplied(hosts, host.size?.nicPorts.value ?? null);
  return { value: Math.ceil(ports.value / (room.network.switchPorts - room.network.uplinkPorts)), isWhole: ports.isWhole };
}

export const powerKWOf = (host: HostModel, hosts: number): Amount => scaled(multiplied(hosts, host.size?.powerWatts.value ?? null), 1 / WATTS_PER_KW);
export const rackUnitsOf = (room: BareMetalRoom, host: HostModel, hosts: number): Amount => added(multiplied(hosts, host.size?.rackUnits.value ?? null), switchesFor(room, host, hosts));

export function roomLimits(room: BareMetalRoom, host: HostModel): Limit[] {
  const { size } = host;
  if (size === null) return [];
  const limits: Limit[] = [
    { name: "power", unit: "kW", judge: (hosts) => ({ required: powerKWOf(host, hosts), available: whole(room.powerKW) }), evidence: (hosts) => `${plural(hosts, "host")} x ${sourced(size.powerWatts, "W")}; the room gives ${number(room.powerKW)} kW; switches are not counted`, ...unscanned },
    {
      name: "rack units", unit: "U",
      judge: (hosts) => ({ required: rackUnitsOf(room, host, hosts), available: whole(room.rackUnits) }),
      evidence: (hosts) => `${plural(hosts, "host")} x ${sourced(size.rackUnits, "U")}${room.network === null ? ", no switches counted, as the room says nothing of its network" : " and one a switch"}; the room has ${number(room.rackUnits)}`,
      ...unscanned,
    },
  ];
  const { network } = room;
  if (network !== null)
    limits.push({
      name: "switches", unit: "switches",
      judge: (hosts) => ({ required: switchesFor(room, host, hosts), available: whole(network.switchesMax) }),
      evidence: (hosts) => `${plural(hosts, "host")} x ${sourced(size.nicPorts, "ports")} on switches of ${number(network.switchPorts)} ports, ${number(network.uplinkPorts)} of them uplinks`,
      ...unscanned,
    });
  return limits;
}
