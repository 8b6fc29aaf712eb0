// The report's charts from a sizing answer: what so many hosts hold, what options cost, how much slack there is. The tables beside
// them hold the same numbers. Pure.
import type { SizingLimit, SizingOption } from "@cynosure/sdk";
import type { ClusterFrontier } from "@cynosure/sizing";
import { showNumber } from "../../text-layout.ts";
import { placeOf } from "../describe-option.ts";
import { showPercent, showUsd } from "../words.ts";
import { barChart } from "./bar-chart.ts";
import type { Bar } from "./bar-chart.ts";
import { curveChart } from "./curve-chart.ts";
import { html, table } from "./markup.ts";
import type { Markup } from "./markup.ts";

const SLACK_MAX = 3;
const TABLE_ROWS_MAX = 12;

export function frontierCharts(all: readonly ClusterFrontier[]): Markup {
  return html`${all.map(frontierChart)}`;
}

function frontierChart({ clusterName, hostSize, chosenHosts, askedTB, askedGBps, points }: ClusterFrontier): Markup {
  const common = { chosenHosts };
  const charts = [
    {
      isShown: askedTB > 0 && points.some((point) => point.capacityTB !== null),
      caption: html`<figcaption>Capacity by number of hosts<span>cluster ${clusterName}, ${hostSize}: usable TB after protection, spare and overhead</span></figcaption>`,
      draw: () => curveChart(points.map(({ hosts, capacityTB }) => ({ hosts, value: capacityTB })), { ...common, title: `Usable capacity of cluster ${clusterName} by number of hosts`, description: `${showNumber(chosenHosts)} hosts were chosen; ${showNumber(askedTB)} TB are asked for.`, unit: "TB usable", asked: askedTB, isSecond: false }),
    },
    {
      isShown: askedGBps > 0 && points.some((point) => point.throughputGBps !== null),
      caption: html`<figcaption>Throughput by number of hosts<span>cluster ${clusterName}, ${hostSize}: reading and writing together in the proportion asked for</span></figcaption>`,
      draw: () => curveChart(points.map(({ hosts, throughputGBps }) => ({ hosts, value: throughputGBps })), { ...common, title: `Throughput of cluster ${clusterName} by number of hosts`, description: `${showNumber(chosenHosts)} hosts were chosen; ${showNumber(askedGBps)} GB/s are asked for.`, unit: "GB/s", asked: askedGBps, isSecond: true }),
    },
  ].filter(({ isShown }) => isShown);
  if (charts.length === 0) return html``;
  return html`<div class="charts">${charts.map(({ caption, draw }) => html`<figure>${caption}${draw()}</figure>`)}</div>${frontierTable(points, chosenHosts)}`;
}

/** A table of a dozen rows says the same as a curve of a hundred points. */
function frontierTable(points: ClusterFrontier["points"], chosenHosts: number): Markup {
  const step = Math.max(1, Math.ceil(points.length / TABLE_ROWS_MAX));
  const rows = points.filter((point, index) => index % step === 0 || point.hosts === chosenHosts);
  const columns = [{ title: "hosts", isNumber: true }, { title: "TB usable", isNumber: true }, { title: "GB/s together", isNumber: true }, { title: "limits throughput" }];
  return table("What so many hosts hold", columns, rows.map(({ hosts, capacityTB, throughputGBps, throughputLimit }) => [hosts === chosenHosts ? html`<strong>${showNumber(hosts)}</strong>` : showNumber(hosts), capacityTB === null ? "-" : showNumber(capacityTB), throughputGBps === null ? "-" : showNumber(throughputGBps), throughputLimit ?? "-"]));
}

/** Cost where any is known, else hosts: an option without a price is shown as such, not as free. */
export function optionsChart(options: readonly SizingOption[]): Markup {
  const label = (option: SizingOption): string => `${option.rank}. ${option.hostCount} x ${option.hostSize}, ${placeOf(option)}`;
  const isPriced = options.some((option) => option.cost.usdPerMonth !== undefined);
  const bars = options.map((option): Bar => {
    const usd = option.cost.usdPerMonth;
    return isPriced
      ? { label: label(option), value: usd ?? null, text: usd === undefined ? "undetermined" : showUsd(usd), emphasis: option.rank === 1 ? "best" : "none" }
      : { label: label(option), value: option.hostCount, text: `${showNumber(option.hostCount)} hosts`, emphasis: option.rank === 1 ? "best" : "none" };
  });
  const title = isPriced ? "Cost a month by option" : "Hosts by option";
  const remark = isPriced ? "USD; an option without a known price is undetermined, not free" : "no price of any of these sizes is known for its region, so there is no cost to compare";
  const chart = barChart(bars, { title, description: `${options.length} options, best first.`, tickText: showNumber });
  return html`<figure class="full"><figcaption>${title}<span>${remark}</span></figcaption>${chart}</figure>`;
}

export function slackChart(option: SizingOption): Markup {
  const several = option.clusters.length > 1;
  const named = [...option.clusters.flatMap((cluster) => cluster.limits.map((limit) => ({ limit, name: several ? `${cluster.name}: ${limit.name}` : limit.name, isBinding: limit.name === cluster.binding }))), ...option.limits.map((limit) => ({ limit, name: limit.name, isBinding: limit.name === option.binding }))];
  const shown = named.filter(({ limit }) => limit.slack !== undefined || limit.verdict === "undetermined");
  if (shown.length === 0) return html``;
  const bars = shown.map(({ limit, name, isBinding }): Bar => ({ label: isBinding ? `${name} (binding)` : name, value: limit.slack === undefined ? null : Math.max(0, limit.slack), text: slackText(limit), emphasis: isBinding ? "alert" : "none" }));
  const chart = barChart(bars, { title: "Slack by limit", description: "How much more there is than is needed; the binding limit has the least.", tickText: showPercent, valueMax: SLACK_MAX });
  return html`<figure class="full"><figcaption>Slack by limit<span>how much more there is than is needed, of ${showNumber(option.hostCount)} hosts; longer bars are cut</span></figcaption>${chart}</figure>`;
}

const slackText = (limit: SizingLimit): string => (limit.slack === undefined ? "undetermined" : showPercent(limit.slack));
