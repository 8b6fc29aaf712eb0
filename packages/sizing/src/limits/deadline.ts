// Ready by: whether hosts can be had in time, as far as anybody has said.
import { dayOf } from "@cynosure/model";
import type { Place } from "../candidates/places.ts";
import type { HostModel } from "../host-model.ts";
import type { SiteCase } from "../site-case.ts";
import { plural } from "../words.ts";
import { OPEN, whole, type Amount } from "./amount.ts";
import type { Limit } from "./limit.ts";

const DAYS_PER_WEEK = 7;

function readyDay(each: SiteCase, place: Place, host: HostModel): { readonly day: number | null; readonly evidence: string } {
  const today = dayOf(each.knowledge.today);
  const { room } = each.site;
  if (place.kind === "bareMetal") {
    if (room === null || room.leadTimeWeeks === null || today === null) return { day: null, evidence: "nobody has said how long hosts of this room take from order to power on" };
    return { day: today + room.leadTimeWeeks * DAYS_PER_WEEK, evidence: `ordered ${each.knowledge.today}, ${plural(room.leadTimeWeeks, "week")} from order to power on (the requirement)` };
  }
  const status = host.size?.status;
  if (host.size !== null && !host.size.hypothetical && (status === "ga" || status === "verified")) return { day: today, evidence: `${host.name} is ${status === "ga" ? "generally available" : "verified"} on ${each.knowledge.today}` };
  return { day: null, evidence: host.size?.hypothetical === true ? `${host.name} does not exist yet` : `${host.name} is ${status ?? "not known"}, not generally available: no date is known` };
}

export function deadlineLimits(each: SiteCase, place: Place, host: HostModel): Limit[] {
  const { readyBy } = each.constraints;
  const due = readyBy === null ? null : dayOf(readyBy);
  if (due === null) return [];
  const { day, evidence } = readyDay(each, place, host);
  const ready: Amount = day === null ? OPEN : whole(day);
  return [{ name: "ready by", unit: "days since 1970-01-01", isCeiling: true, judge: () => ({ required: whole(due), available: ready }), evidence: () => `${evidence}; wanted by ${readyBy ?? ""}`, hostsAtLeast: () => 0 }];
}
