// Where the bars of a Gantt stand: one row a step that has begun, by when it began; labels kept inside. Pure.
import type { Box } from "./line-layout.ts";
import { hasBegun, tookWords } from "./steps.ts";
import type { BegunStep, PlotStep } from "./steps.ts";
import { timeTicks } from "./ticks.ts";

export const GANTT_ROW_HEIGHT = 24;
const BAR_HEIGHT = 14;
const BAR_WIDTH_MIN = 3;
const LABEL_GAP = 6;
/** Kept free at the right, so that the last bar has its label after it. */
export const GANTT_LABEL_ROOM = 56;
/** Width of a character of a small label, on the safe side. */
export const CHAR_WIDTH = 6.4;

export interface GanttBar extends Box {
  readonly step: BegunStep;
  readonly rowTop: number;
  readonly label: string;
  readonly labelX: number;
  readonly labelAnchor: "start" | "end";
}

export interface GanttLayout {
  readonly bars: readonly GanttBar[];
  /** Elapsed since the first start. */
  readonly ticks: readonly { readonly x: number; readonly elapsedMs: number }[];
  readonly notBegun: number;
  readonly height: number;
}

export function layOutGantt(steps: readonly PlotStep[], area: { readonly left: number; readonly top: number; readonly width: number }): GanttLayout {
  const begun = steps.filter(hasBegun).toSorted((a, b) => a.startMs - b.startMs || a.endMs - b.endMs);
  const fromMs = begun[0]?.startMs ?? 0;
  const spanMs = Math.max(1, ...begun.map(({ endMs }) => endMs - fromMs));
  const barsWidth = area.width - GANTT_LABEL_ROOM;
  const x = (elapsedMs: number): number => area.left + (elapsedMs / spanMs) * barsWidth;
  const right = area.left + area.width;
  const bars = begun.map((step, index): GanttBar => {
    const start = x(step.startMs - fromMs);
    const width = Math.max(BAR_WIDTH_MIN, x(step.endMs - fromMs) - start);
    const left = Math.min(start, area.left + barsWidth - width);
    const rowTop = area.top + index * GANTT_ROW_HEIGHT;
    return { step, rowTop, left, width, top: rowTop + (GANTT_ROW_HEIGHT - BAR_HEIGHT) / 2, height: BAR_HEIGHT, ...placeLabel(step, left, width, area.left, right) };
  });
  const { ticks } = timeTicks(0, spanMs, Math.max(2, Math.floor(barsWidth / 70)));
  return { bars, ticks: ticks.map((elapsedMs) => ({ x: x(elapsedMs), elapsedMs })), notBegun: steps.length - begun.length, height: begun.length * GANTT_ROW_HEIGHT };
}

/** After the bar, else on it, else before it, where a tie of the longest chain may come in. Where none of them has the room, the state is left to its mark. */
function placeLabel(step: BegunStep, left: number, width: number, areaLeft: number, areaRight: number): Pick<GanttBar, "label" | "labelX" | "labelAnchor"> {
  const took = tookWords(step);
  const labels = step.status === "done" ? [took] : [`${took}, ${step.status}`, took];
  for (const label of labels) {
    const room = label.length * CHAR_WIDTH + LABEL_GAP;
    if (left + width + room <= areaRight) return { label, labelX: left + width + LABEL_GAP, labelAnchor: "start" };
    if (width >= room + LABEL_GAP) return { label, labelX: left + LABEL_GAP, labelAnchor: "start" };
    if (left - room >= areaLeft) return { label, labelX: left - LABEL_GAP, labelAnchor: "end" };
  }
  return { label: "", labelX: left, labelAnchor: "start" };
}

/** Whether the label lies on the bar itself. */
export const isLabelInside = ({ left, labelX, labelAnchor, width }: GanttBar): boolean => labelAnchor === "start" && labelX < left + width;
