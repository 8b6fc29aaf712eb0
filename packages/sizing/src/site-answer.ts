// The answer for one site: ranked options put into words, what was ruled out, and what the answer as a whole says.
import type { RuledOut, SiteAnswer } from "@cynosure/model";
import type { Evaluation, Rejection } from "./candidates/candidates.ts";
import { choiceClauses } from "./clauses/choice-clauses.ts";
import { countedClauses } from "./clauses/counted-clauses.ts";
import { contradictionOf } from "./contradiction/contradiction.ts";
import type { OtherSites } from "./limits/budget.ts";
import { optionOf } from "./options/option.ts";
import { FILE_SYSTEMS_PER_CLUSTER_MAX, byName, isUndivided } from "./partition/allowed-sets.ts";
import { ranked } from "./options/rank.ts";
import { changedSites } from "./options/sensitivity.ts";
import type { Shapes } from "./shape/shape.ts";
import type { SiteCase } from "./site-case.ts";
import { plural } from "./words.ts";

const OPTIONS_MAX = 20;

function notesOf(each: SiteCase, found: Evaluation): string[] {
  const { site, constraints } = each;
  const isLive = each.places.some((place) => place.kind === "live");
  const notes: string[] = [];
  if (site.hostCount !== null) {
    notes.push(isLive ? `${site.hostCount} hosts is what the requirement fixes: ${site.location} hosts are not sized by capacity or throughput.` : `${site.hostCount} hosts is what the requirement fixes: the shape is judged, not changed.`);
  }
  for (const { shape, host } of found.candidates.filter((candidate) => candidate.place.kind === "live")) {
    for (const cluster of shape.clusters) for (const limit of cluster.limits) {
      const judged = limit.judge(cluster.hosts);
      if (limit.name === "raw capacity" && judged.required.value > judged.available.value) notes.push(`raw capacity is not met by ${host.name}: ${judged.required.value} ${limit.unit} required, ${judged.available.value} there. The shape is fixed, so this is shown and not mended.`);
    }
  }
  if (site.hostCount === null && isUndivided(site)) notes.push(`${site.fileSystems.length} file systems share one cluster: divisions are compared for at most ${FILE_SYSTEMS_PER_CLUSTER_MAX}, or as consolidation.mayShare names them.`);
  if (isLive) notes.push("Throughput was not sized: nothing is known of it for hosts that are offered here.");
  if (site.room !== null && constraints.residencyCountries.length > 0) notes.push(`Residency in ${constraints.residencyCountries.join(", ")} is for the owner of the room to say: where ${site.location} is, is not known here.`);
  if (site.room !== null && site.fallbackLocations.length > 0) notes.push(`A room is sized as itself: ${site.fallbackLocations.join(", ")} were not considered. Give a fallback as a site of its own.`);
  if (constraints.paymentRoutes.length > 0) notes.push(`Payment (${constraints.paymentRoutes.join(", ")}): hosts and delivery are the same by each route; whether one is open to the buyer is not judged here.`);
  const more = found.candidates.length - OPTIONS_MAX;
  if (more > 0) notes.push(`${plural(more, "more option")} would do and ${more === 1 ? "is" : "are"} not shown.`);
  return notes;
}

/** By place, then by name. */
const inOrder = (a: Rejection, b: Rejection): number => a.place.order - b.place.order || byName(a.host, b.host);

const ruledOut = ({ rejections }: Evaluation): RuledOut[] => rejections.toSorted(inOrder).map((each) => ({ location: each.place.name, hostSize: each.host.name, limit: each.limit, reason: each.reason() }));

/** `isProblem`: what is wrong is a problem of the requirement, told elsewhere; there is nothing to weigh. */
export function answerSite(each: SiteCase, shapes: Shapes, found: Evaluation, others: OtherSites, isProblem: boolean): SiteAnswer {
  const order = ranked(each, found.candidates);
  const [best] = order;
  const changed = changedSites(each);
  return {
    siteName: each.site.name,
    options: order.slice(0, OPTIONS_MAX).map((candidate, k) => optionOf(each, candidate, k + 1, order, changed)),
    clauses: best === undefined ? [] : [...countedClauses(each, best), ...choiceClauses(each, shapes, best, others)],
    ruledOut: ruledOut(found),
    contradiction: best === undefined && !isProblem ? contradictionOf(each, shapes, others) : null,
    notes: notesOf(each, found),
  };
}
