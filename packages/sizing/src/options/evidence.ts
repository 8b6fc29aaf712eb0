// What an option's numbers rest on: each claim with its source and date, and what other sources say instead.
import type { SizingOption, Sourced } from "@cynosure/model";
import { availabilityIn } from "../candidates/availability.ts";
import type { Candidate } from "../candidates/candidates.ts";
import type { SiteCase } from "../site-case.ts";
import { known, number } from "../words.ts";

type Claim = SizingOption["evidence"][number];

function claim(subject: string, of: Sourced<number>, unit: string): Claim[] {
  const others = of.conflicts?.map((other) => `${known(other.value)} (${other.source}, ${other.asOf})`) ?? [];
  const told = others.length === 0 ? "" : `; the cautious figure, as other sources say ${others.join(", ")}`;
  return [{ claim: `${subject}: ${known(of.value)}${unit === "" ? "" : ` ${unit}`}${of.note === undefined ? "" : `, ${of.note}`}${told}`, source: of.source, asOf: of.asOf }];
}

function sizeClaims({ host }: Candidate): Claim[] {
  const { size } = host;
  if (size === null) return host.offer === null ? [] : [{ claim: `${host.name} is offered in ${host.offer.location}: ${number(host.offer.diskCount)} disks a host, at most ${number(host.offer.hostCountMax)} hosts`, source: "the substrate's own offer", asOf: "now" }];
  return [
    ...claim(`${size.name}, network out`, size.egressMbps, "Mb/s"),
    ...claim(`${size.name}, network in`, size.ingressMbps, "Mb/s"),
    ...claim(`${size.name}, drives`, size.drives.count, ""),
    ...claim(`${size.name}, a drive`, size.drives.driveGB, "GB"),
    ...claim(`${size.name}, reading drives`, size.drives.readMBps, "MB/s"),
    ...claim(`${size.name}, writing fresh drives`, size.drives.writeMBps, "MB/s"),
    ...claim(`${size.name}, processors`, size.vcpus, "vCPUs"),
  ];
}

function placeClaims(each: SiteCase, { host, place, prices }: Candidate): Claim[] {
  const claims: Claim[] = [];
  if (place.region !== null && host.size !== null) {
    claims.push({ claim: `${place.name} is in ${place.region.country}`, source: place.region.source, asOf: place.region.asOf });
    for (const list of host.size.availability) if (list.regions.includes(place.name)) claims.push({ claim: `${host.name} can be had in ${place.name}`, source: list.source, asOf: list.asOf });
    const availability = availabilityIn(host.size, place.name);
    if (availability.verdict === "unknown") claims.push({ claim: availability.evidence, source: "the catalogue", asOf: each.knowledge.catalogue.asOf });
  }
  for (const price of [prices.host, prices.management]) if (price !== null) claims.push({ claim: `${price.size} in ${price.region}: ${number(price.usdPerHour)} USD/h, ${price.term}`, source: price.source, asOf: price.asOf });
  return claims;
}

function engineClaims({ engine, assumptions }: SiteCase): Claim[] {
  const { dataPath } = engine;
  const factors =
    dataPath.kind === "sharedEverything"
      ? [...claim(`${engine.engine}, bytes sent a byte read`, dataPath.egressPerRead, ""), ...claim(`${engine.engine}, bytes sent a byte written`, dataPath.egressPerWrite, ""), ...claim(`${engine.engine}, bytes on drives a byte written`, dataPath.driveWritePerWrite, ""), ...claim(`${engine.engine}, usable of raw`, dataPath.usableFraction, "")]
      : [];
  return [
    ...factors,
    ...claim(`${engine.engine}, fewest hosts`, engine.hostsMin, "hosts"),
    ...claim(`${engine.engine}, own structures`, engine.overheadFraction, "of raw bytes"),
    ...claim(`${engine.engine}, fill that must not be passed`, engine.fillFractionMax, ""),
    ...claim("writing that lasts", assumptions.sustainedWriteFraction, "of what is published"),
    ...claim("payload of a NIC", assumptions.nicPayloadFraction, "of its rate"),
    ...claim("making lost data again", assumptions.rebuildHours, "hours"),
    ...claim("capacity kept free", assumptions.spareHosts, "hosts"),
  ];
}

export const evidenceOf = (each: SiteCase, candidate: Candidate): Claim[] => [...sizeClaims(candidate), ...placeClaims(each, candidate), ...(candidate.place.kind === "live" ? [] : engineClaims(each))];
