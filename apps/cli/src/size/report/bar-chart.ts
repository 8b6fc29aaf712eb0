// Horizontal bars with their values written beside them. What has no value says why in its place; what is beyond the scale is cut and
// says so. Pure.
import { linearScale, place } from "./axis.ts";
import { html } from "./markup.ts";
import type { Markup } from "./markup.ts";

export interface Bar {
  readonly label: string;
  /** null: there is no number. */
  readonly value: number | null;
  /** What is written at the bar. */
  readonly text: string;
  /** The one that binds, or the one that is best. */
  readonly emphasis: "none" | "alert" | "best";
}

export interface BarChartOptions {
  readonly title: string;
  readonly description: string;
  /** Of the tick's value. */
  readonly tickText: (value: number) => string;
  /** Longer bars are cut. */
  readonly valueMax?: number;
}

const WIDTH = 900;
const LABEL_WIDTH = 300;
const TEXT_WIDTH = 130;
const ROW = 24;
const TOP = 8;
const BOTTOM = 26;
const LABEL_LENGTH_MAX = 46;

const shortened = (label: string): string => (label.length <= LABEL_LENGTH_MAX ? label : `${label.slice(0, LABEL_LENGTH_MAX - 1)}…`);

export function barChart(bars: readonly Bar[], { title, description, tickText, valueMax = Infinity }: BarChartOptions): Markup {
  const height = TOP + bars.length * ROW + BOTTOM;
  const largest = Math.max(0, ...bars.map((bar) => bar.value ?? 0));
  const limit = Math.min(valueMax, largest);
  const scale = linearScale({ from: 0, to: limit > 0 ? limit : 1 }, { from: LABEL_WIDTH, to: WIDTH - TEXT_WIDTH }, 5);
  const end = scale.ticks.at(-1) ?? 1;
  const bottom = TOP + bars.length * ROW;
  const ticks = scale.ticks.map((value) => {
    const x = place(scale.at(value));
    return html`<line class="grid" x1="${x}" x2="${x}" y1="${TOP}" y2="${bottom}"/><text class="soft" x="${x}" y="${bottom + 17}" text-anchor="middle">${tickText(value)}</text>`;
  });
  const rows = bars.map((bar, index) => row(bar, TOP + index * ROW, (value) => scale.at(Math.min(value, end)), end));
  return html`<svg viewBox="0 0 ${WIDTH} ${height}" role="img" aria-label="${title}. ${description}"><title>${title}</title><desc>${description}</desc>${ticks}<line class="axis" x1="${LABEL_WIDTH}" x2="${LABEL_WIDTH}" y1="${TOP}" y2="${bottom}"/>${rows}</svg>`;
}

function row({ label, value, text, emphasis }: Bar, y: number, at: (value: number) => number, end: number): Markup {
  const width = place(Math.max(0, at(value ?? 0) - LABEL_WIDTH));
  const isCut = value !== null && value > end;
  const bar = value === null ? html`` : html`<rect class="${emphasis === "none" ? "bar" : emphasis}" x="${LABEL_WIDTH}" y="${y + 4}" width="${Math.max(width, 1)}" height="${ROW - 8}" rx="1.5"/>`;
  return html`<g><text class="${emphasis === "none" ? "label" : emphasis}" x="${LABEL_WIDTH - 8}" y="${y + ROW / 2 + 4}" text-anchor="end">${shortened(label)}</text>${bar}<text class="${value === null ? "soft" : "value"}" x="${LABEL_WIDTH + width + 6}" y="${y + ROW / 2 + 4}">${isCut ? `→ ${text}` : text}</text></g>`;
}
