// What so many hosts would hold, as a curve over the number of hosts, with what is asked for and the number that was chosen. Pure.
import { showNumber } from "../../text-layout.ts";
import { linearScale, place } from "./axis.ts";
import { html } from "./markup.ts";
import type { Markup } from "./markup.ts";

export interface CurvePoint {
  readonly hosts: number;
  /** null: so many hosts hold nothing at all, or nobody knows. */
  readonly value: number | null;
}

export interface CurveChartOptions {
  readonly title: string;
  readonly description: string;
  readonly unit: string;
  readonly asked: number;
  readonly chosenHosts: number;
  readonly isSecond: boolean;
}

const WIDTH = 460;
const HEIGHT = 250;
const LEFT = 62;
const RIGHT = 24;
const TOP = 22;
const BOTTOM = 40;

export function curveChart(points: readonly CurvePoint[], { title, description, unit, asked, chosenHosts, isSecond }: CurveChartOptions): Markup {
  const known = points.filter((point): point is { hosts: number; value: number } => point.value !== null);
  const x = linearScale({ from: 0, to: Math.max(...points.map(({ hosts }) => hosts)) }, { from: LEFT, to: WIDTH - RIGHT }, 6);
  const y = linearScale({ from: 0, to: Math.max(asked, ...known.map(({ value }) => value)) }, { from: HEIGHT - BOTTOM, to: TOP }, 5);
  const bottom = HEIGHT - BOTTOM;
  const rows = y.ticks.map((value) => html`<line class="grid" x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${place(y.at(value))}" y2="${place(y.at(value))}"/><text class="soft" x="${LEFT - 6}" y="${place(y.at(value) + 4)}" text-anchor="end">${showNumber(value)}</text>`);
  const columns = x.ticks.map((value) => html`<text class="soft" x="${place(x.at(value))}" y="${bottom + 16}" text-anchor="middle">${showNumber(value)}</text>`);
  const path = known.map(({ hosts, value }, index) => `${index === 0 ? "M" : "L"}${place(x.at(hosts))} ${place(y.at(value))}`).join("");
  const chosen = known.find(({ hosts }) => hosts === chosenHosts);
  const chosenX = place(x.at(chosenHosts));
  const askedY = place(y.at(asked));
  const isRight = chosenX > WIDTH / 2;
  return html`<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${title}. ${description}"><title>${title}</title><desc>${description}</desc>${rows}${columns}
<line class="axis" x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${bottom}" y2="${bottom}"/>
<text class="soft" x="${LEFT - 6}" y="12" text-anchor="start">${unit}</text><text class="soft" x="${WIDTH - RIGHT}" y="${HEIGHT - 6}" text-anchor="end">hosts</text>
<g class="${isSecond ? "second" : "first"}"><path class="curve" d="${path}"/>${chosen === undefined ? "" : html`<circle class="dot" cx="${chosenX}" cy="${place(y.at(chosen.value))}" r="4"/>`}</g>
<line class="asked" x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${askedY}" y2="${askedY}"/><text class="asked-text" x="${isRight ? LEFT + 4 : WIDTH - RIGHT}" y="${askedY - 5}" text-anchor="${isRight ? "start" : "end"}">asked: ${showNumber(asked)}</text>
<line class="chosen" x1="${chosenX}" x2="${chosenX}" y1="${bottom}" y2="${place(y.at(chosen?.value ?? 0))}" stroke-dasharray="2 3"/><text x="${chosenX + (isRight ? -6 : 6)}" y="${bottom - 6}" text-anchor="${isRight ? "end" : "start"}">${showNumber(chosenHosts)} hosts</text></svg>`;
}
