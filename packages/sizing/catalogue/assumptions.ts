// Judgements: numbers that no source gives and sizing cannot do without. Each says why it is what it is; a requirement
// overrides it under `assumptions`.
import type { Catalogue } from "@cynosure/model";
import { READ_ON } from "./pages.ts";
import { from, type Page } from "./sourced.ts";

const judgement = (reason: string): Page => ({ source: `judgement, to be overridden by a measurement: ${reason}`, asOf: READ_ON });

export const assumptions: Catalogue["assumptions"] = {
  sustainedWriteFraction: from(judgement("Azure says that steady-state writes are below the published figures of clean drives and not by how much"), 0.5, { note: "half: drives in long use commonly keep a half to nine tenths of their sequential rate" }),
  nicPayloadFraction: from(judgement("headers and acknowledgements at the default MTU, and the cluster's own heartbeats"), 0.9, { note: "TCP over 1,500-byte frames carries 1,448 of 1,538 bytes (0.94); 0.04 is left for the cluster itself" }),
  rebuildHours: from(judgement("a lost host's data is made again within a day, so that a second loss in the same day is the exception"), 24, { note: "shorter is safer and takes more network and drives" }),
  spareHosts: from(judgement("an ephemeral host that is deallocated comes back empty, so its data must fit on the others"), 1),
};
