// A sizing answer as one page: nothing is fetched, nothing runs, every word that came from outside is escaped. Pure.
import type { SizingAnswer } from "@cynosure/sdk";
import type { ClusterFrontier } from "@cynosure/sizing";
import { html, trusted } from "./markup.ts";
import { mark, siteSection } from "./site-section.ts";
import { style } from "./style.ts";
import { markOf } from "../words.ts";
import { realityWord } from "../../reality.ts";

export interface ReportInput {
  readonly answer: SizingAnswer;
  /** YYYY-MM-DD. */
  readonly today: string;
  readonly hypotheticalSizes: ReadonlySet<string>;
  /** Of the best option of a site. */
  readonly frontierOf: (siteName: string) => readonly ClusterFrontier[];
}

export function renderReport({ answer, today, hypotheticalSizes, frontierOf }: ReportInput): string {
  const { requirementName, isSimulated, isEmulated, hypothetical, catalogueAsOf, pricesAsOf, sites } = answer;
  const warning = hypothetical ? html`<p class="alarm"><span class="mark">HYPOTHETICAL</span> marks what is built on a host size that does not exist.</p>` : "";
  const simulated = realityWord(answer) !== "" ? html`<p class="alarm"><span class="mark">${realityWord(answer)}</span> nothing real would be delivered.</p>` : "";
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>Sizing of ${requirementName}</title>
<style>${trusted(style)}</style>
</head>
<body>
<main>
<h1>${mark(markOf(answer, hypothetical))}Sizing of ${requirementName}</h1>
<p class="soft">${today}; catalogue of ${catalogueAsOf}, ${pricesAsOf === undefined ? "no prices" : `prices of ${pricesAsOf}`}. Units are decimal: 1 TB is 10^12 bytes; a month is 730 hours.</p>
${warning}${simulated}
${sites.map((site, index) => siteSection({ site, unreal: { isSimulated, isEmulated, hypotheticalSizes }, frontier: site.options.length === 0 ? [] : frontierOf(site.siteName), isFirst: index === 0 }))}
</main>
</body>
</html>
`;
  return page.markup;
}
