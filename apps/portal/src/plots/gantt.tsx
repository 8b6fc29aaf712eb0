// When each step of a plan ran: a bar from start to end, what runs up to now; the longest chain of steps is filled and
// tied together, the rest is hollow.
import { mergeClasses } from "@fluentui/react-components";
import { durationWords } from "../words/durations.ts";
import { criticalPathOf, criticalPathWords } from "./critical-path.ts";
import { CHAR_WIDTH, GANTT_ROW_HEIGHT, isLabelInside, layOutGantt } from "./gantt-layout.ts";
import type { GanttBar, GanttLayout } from "./gantt-layout.ts";
import { PlotFigure } from "./plot-figure.tsx";
import { usePlotStyles } from "./plot-styles.ts";
import { cutWords, hasBegun, stateCounts, stateMarks, tookWords } from "./steps.ts";
import type { PlotStep } from "./steps.ts";

const TOP = 22;
const RIGHT = 10;

interface GanttProps {
  readonly title: string;
  readonly steps: readonly PlotStep[];
}

export function Gantt({ title, steps }: GanttProps) {
  const path = criticalPathOf(steps);
  const critical = new Set(path.ids);
  const isRunning = steps.some(({ status }) => status === "running");
  const begun = steps.filter(hasBegun).toSorted((a, b) => a.startMs - b.startMs);
  const fromMs = begun[0]?.startMs ?? 0;
  const notBegun = steps.length - begun.length;
  const words = `${criticalPathWords(path, isRunning)}${path.ids.length === 0 ? "" : " Its bars are filled and tied together."}${notBegun === 0 ? "" : ` ${notBegun} ${notBegun === 1 ? "step has" : "steps have"} not begun.`}`;
  const table = () => ({
    heads: ["Step", "State", "Began after", "Took", "In the longest chain"],
    rows: [...begun, ...steps.filter((step) => !hasBegun(step))].map((step) => [step.title, step.status, hasBegun(step) ? durationWords(step.startMs - fromMs) : "", tookWords(step), critical.has(step.id) ? "yes" : "no"]),
  });
  return (
    <PlotFigure title={title} note={words} table={table}>
      {(width) => {
        const left = Math.min(340, Math.round(width * 0.38));
        const layout = layOutGantt(steps, { left, top: TOP, width: Math.max(60, width - left - RIGHT) });
        return <GanttDrawing summary={`${title}: ${stateCounts(steps)}. ${criticalPathWords(path, isRunning)}`} layout={layout} left={left} width={width} critical={critical} />;
      }}
    </PlotFigure>
  );
}

interface GanttDrawingProps {
  readonly summary: string;
  readonly layout: GanttLayout;
  readonly left: number;
  readonly width: number;
  readonly critical: ReadonlySet<string>;
}

function GanttDrawing({ summary, layout, left, width, critical }: GanttDrawingProps) {
  const plot = usePlotStyles();
  const bottom = TOP + layout.height;
  const chain = layout.bars.filter(({ step }) => critical.has(step.id));
  return (
    <svg className={plot.svg} width={width} height={bottom + 4} role="img" aria-label={summary}>
      <g aria-hidden>
        {layout.ticks.map(({ x, elapsedMs }, index) => (
          <g key={elapsedMs}>
            <line className={index === 0 ? plot.axis : plot.grid} x1={x} x2={x} y1={TOP - 4} y2={bottom} />
            <text className={plot.quiet} x={x} y={TOP - 9} textAnchor={index === 0 ? "start" : "middle"}>{durationWords(elapsedMs).replace(/\.0(?= )| 00 \w+$/, "")}</text>
          </g>
        ))}
        {chain.slice(1).map((bar, index) => <Tie key={bar.step.id} from={chain[index] ?? bar} to={bar} />)}
        {layout.bars.map((bar) => <Bar key={bar.step.id} bar={bar} left={left} isCritical={critical.has(bar.step.id)} />)}
      </g>
    </svg>
  );
}

/** From the end of one bar of the longest chain to the start of the next, and not backwards where they lie side by side. */
function Tie({ from, to }: { readonly from: GanttBar; readonly to: GanttBar }) {
  const plot = usePlotStyles();
  const x = Math.max(from.left + 2, Math.min(from.left + from.width - 2, to.left));
  return <path className={mergeClasses(plot.edge, plot.edgeCritical)} d={`M${x} ${from.top + from.height / 2}V${to.top + to.height / 2}H${to.left}`} />;
}

function Bar({ bar, left, isCritical }: { readonly bar: GanttBar; readonly left: number; readonly isCritical: boolean }) {
  const plot = usePlotStyles();
  const { step } = bar;
  const isFailed = step.status === "failed";
  const isBroken = isFailed || step.status === "canceled";
  const textY = bar.rowTop + GANTT_ROW_HEIGHT / 2 + 4;
  const right = bar.left + bar.width;
  return (
    <g>
      <title>{`${step.title}: ${step.status}, ${tookWords(step)}`}</title>
      <text className={mergeClasses(plot.text, isFailed ? plot.bad : step.status === "running" ? plot.brand : step.status === "done" ? plot.good : undefined)} x={2} y={textY}>{stateMarks[step.status]}</text>
      <text className={isCritical ? mergeClasses(plot.text, plot.strong) : plot.text} x={20} y={textY}>{cutWords(step.title, Math.floor((left - 30) / CHAR_WIDTH))}</text>
      <rect className={mergeClasses(plot.bar, isCritical ? plot.barCritical : undefined)} x={bar.left} y={bar.top} width={bar.width} height={bar.height} rx={2} />
      {isBroken ? <path className={mergeClasses(plot.barBroken, isFailed ? plot.barFailed : undefined)} d={`M${right - 4} ${bar.top - 2}l8 ${bar.height + 4}m0 -${bar.height + 4}l-8 ${bar.height + 4}`} /> : null}
      <text className={mergeClasses(plot.quiet, isFailed ? plot.bad : undefined, isLabelInside(bar) ? (isCritical ? plot.onBar : undefined) : plot.rimmed)} x={bar.labelX + (isBroken && !isLabelInside(bar) && bar.labelAnchor === "start" ? 4 : 0)} y={textY} textAnchor={bar.labelAnchor}>{bar.label}</text>
    </g>
  );
}
