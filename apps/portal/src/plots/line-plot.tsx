// Values over time: a line each with its label at its end, gaps where samples are missing, and a reading at the pointer
// or, by the arrow keys, at the moment the reader has moved to.
import { makeStyles, mergeClasses, tokens } from "@fluentui/react-components";
import { useState } from "react";
import type { KeyboardEvent, PointerEvent } from "react";
import { numberWords } from "../words/values.ts";
import { layOutLines, lineSummary, momentsOf, nearestIndex, pathOf, readingWords, segmentsOf, spreadLabels, valueWithUnit } from "./line-layout.ts";
import type { LineLayout, LineSeries } from "./line-layout.ts";
import { PlotFigure } from "./plot-figure.tsx";
import { usePlotStyles } from "./plot-styles.ts";
import { clockWords } from "./ticks.ts";

const HEIGHT = 190;
const MARGIN = { left: 46, right: 112, top: 20, bottom: 24 };
const LABEL_HEIGHT = 15;
/** As far as Page up and Page down move. */
const FAR = 10;

const useStyles = makeStyles({
  plot: { position: "relative" },
  pointer: { position: "absolute", inset: 0, touchAction: "pan-y", cursor: "crosshair", borderRadius: tokens.borderRadiusSmall, ":focus-visible": { outline: `2px solid ${tokens.colorStrokeFocus2}` } },
});

interface LinePlotProps {
  readonly title: string;
  readonly unit: string;
  readonly series: readonly LineSeries[];
  /** Where the next sample comes later than this, the line stops. */
  readonly gapMs: number;
}

export function LinePlot({ title, unit, series, gapMs }: LinePlotProps) {
  const [pickedMs, setPicked] = useState<number | undefined>(undefined);
  const moments = momentsOf(series);
  const index = pickedMs === undefined ? moments.length - 1 : nearestIndex(moments, pickedMs);
  const atMs = moments[index];
  const words = atMs === undefined ? "No sample yet." : readingWords(series, atMs, unit);
  const table = () => ({
    heads: ["Time", ...series.map(({ label }) => `${label} (${unit})`)],
    rows: moments.toReversed().map((each) => [clockWords(each, true), ...series.map(({ points }) => { const value = points.find((point) => point.atMs === each)?.value; return value === undefined ? "no sample" : numberWords(value); })]),
  });
  return (
    <PlotFigure title={`${title} (${unit})`} note={words} table={table}>
      {(width) => {
        const box = { left: MARGIN.left, top: MARGIN.top, width: Math.max(60, width - MARGIN.left - MARGIN.right), height: HEIGHT - MARGIN.top - MARGIN.bottom };
        const layout = layOutLines(series, box, -new Date(atMs ?? 0).getTimezoneOffset() * 60_000);
        return <LineDrawing title={title} unit={unit} series={series} gapMs={gapMs} width={width} layout={layout} moments={moments} index={index} isPicked={pickedMs !== undefined} words={words} onPick={setPicked} />;
      }}
    </PlotFigure>
  );
}

interface LineDrawingProps extends LinePlotProps {
  readonly width: number;
  readonly layout: LineLayout;
  readonly moments: readonly number[];
  readonly index: number;
  readonly isPicked: boolean;
  readonly words: string;
  readonly onPick: (atMs: number | undefined) => void;
}

function LineDrawing({ title, unit, series, gapMs, width, layout, moments, index, isPicked, words, onPick }: LineDrawingProps) {
  const styles = useStyles();
  const plot = usePlotStyles();
  const atMs = moments[index];
  const move = (event: KeyboardEvent): void => {
    const last = moments.length - 1;
    const next = { ArrowLeft: index - 1, ArrowDown: index - 1, ArrowRight: index + 1, ArrowUp: index + 1, PageDown: index - FAR, PageUp: index + FAR, Home: 0, End: last }[event.key];
    if (event.key === "Escape") onPick(undefined);
    if (next === undefined || last < 0) return;
    event.preventDefault();
    onPick(moments[Math.min(last, Math.max(0, next))]);
  };
  const point = (event: PointerEvent): void => {
    const x = event.clientX - event.currentTarget.getBoundingClientRect().left;
    const first = moments[0];
    const last = moments.at(-1);
    if (first === undefined || last === undefined) return;
    onPick(moments[nearestIndex(moments, first + ((x - layout.box.left) / layout.box.width) * (last - first))]);
  };
  return (
    <div className={styles.plot}>
      <svg className={plot.svg} width={width} height={HEIGHT} role="img" aria-label={lineSummary(title, series, unit, gapMs)}>
        <Axes layout={layout} unit={unit} />
        {series.map((each) => <Line key={each.label} series={each} layout={layout} gapMs={gapMs} />)}
        <EndLabels series={series} layout={layout} unit={unit} />
        {isPicked && atMs !== undefined ? <Reading atMs={atMs} series={series} layout={layout} /> : null}
      </svg>
      {atMs === undefined ? null : (
        <div className={styles.pointer} role="slider" tabIndex={0} aria-label={`Read ${title} at a moment`} aria-valuemin={0} aria-valuemax={moments.length - 1} aria-valuenow={index} aria-valuetext={words} onKeyDown={move} onPointerMove={point} onPointerLeave={() => onPick(undefined)} onBlur={() => onPick(undefined)} />
      )}
    </div>
  );
}

function Axes({ layout: { box, times, values, x, y }, unit }: { readonly layout: LineLayout; readonly unit: string }) {
  const plot = usePlotStyles();
  const bottom = box.top + box.height;
  return (
    <g aria-hidden>
      <text className={plot.quiet} x={0} y={box.top - 10}>{unit}</text>
      {values.map((value) => (
        <g key={value}>
          <line className={value === 0 ? plot.axis : plot.grid} x1={box.left} x2={box.left + box.width} y1={y(value)} y2={y(value)} />
          <text className={plot.quiet} x={box.left - 6} y={y(value) + 4} textAnchor="end">{numberWords(value)}</text>
        </g>
      ))}
      {times.ticks.map((atMs) => (
        <g key={atMs}>
          <line className={plot.axis} x1={x(atMs)} x2={x(atMs)} y1={bottom} y2={bottom + 4} />
          <text className={plot.quiet} x={x(atMs)} y={bottom + 17} textAnchor="middle">{clockWords(atMs, times.stepMs < 60_000)}</text>
        </g>
      ))}
    </g>
  );
}

function Line({ series: { look, points }, layout, gapMs }: { readonly series: LineSeries; readonly layout: LineLayout; readonly gapMs: number }) {
  const plot = usePlotStyles();
  return segmentsOf(points, gapMs).map((segment) => {
    const first = segment[0];
    if (first === undefined) return null;
    // One sample alone would be a line without length.
    if (segment.length === 1) return <circle key={first.atMs} className={plot[`${look}Mark`]} cx={layout.x(first.atMs)} cy={layout.y(first.value)} r={2.5} />;
    return <path key={first.atMs} className={plot[look]} d={pathOf(segment, layout)} />;
  });
}

/** The name of each line with its newest value, where it ends. */
function EndLabels({ series, layout, unit }: { readonly series: readonly LineSeries[]; readonly layout: LineLayout; readonly unit: string }) {
  const plot = usePlotStyles();
  const { box } = layout;
  const ends = series.flatMap((each) => { const last = each.points.at(-1); return last === undefined ? [] : [{ ...each, last }]; });
  const tops = spreadLabels(ends.map(({ last }) => layout.y(last.value) - LABEL_HEIGHT), LABEL_HEIGHT * 2, { top: box.top - 12, bottom: box.top + box.height + 6 });
  const x = box.left + box.width + 10;
  return ends.map(({ label, look, last }, index) => (
    <g key={label} aria-hidden>
      <line className={plot[look]} x1={x} x2={x + 18} y1={(tops[index] ?? 0) + 8} y2={(tops[index] ?? 0) + 8} />
      <text className={mergeClasses(plot.text, plot.strong)} x={x + 23} y={(tops[index] ?? 0) + 12}>{label}</text>
      <text className={plot.quiet} x={x + 23} y={(tops[index] ?? 0) + 26}>{valueWithUnit(last.value, unit)}</text>
    </g>
  ));
}

function Reading({ atMs, series, layout }: { readonly atMs: number; readonly series: readonly LineSeries[]; readonly layout: LineLayout }) {
  const plot = usePlotStyles();
  const x = layout.x(atMs);
  return (
    <g aria-hidden>
      <line className={plot.axis} x1={x} x2={x} y1={layout.box.top} y2={layout.box.top + layout.box.height} />
      {series.flatMap(({ label, look, points }) => { const found = points.find((each) => each.atMs === atMs); return found === undefined ? [] : [<circle key={label} className={plot[`${look}Mark`]} cx={x} cy={layout.y(found.value)} r={4} />]; })}
    </g>
  );
}
