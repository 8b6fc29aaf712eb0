// One or two rates over time as lines, with an axis that begins at nothing and gaps where nothing was measured. Draws
// what it is given.
import { makeStyles, mergeClasses, tokens } from "@fluentui/react-components";
import { axisEnd, linePath } from "./scales.ts";
import type { PlotPoint } from "./scales.ts";

export interface PlotSeries {
  readonly name: string;
  readonly points: readonly PlotPoint[];
}

interface LinePlotProps {
  /** What is drawn, for those who do not see it. */
  readonly label: string;
  readonly unit: string;
  /** At most two: the first is a full line, the second a dashed one. */
  readonly series: readonly PlotSeries[];
  /** Points further apart than this are not joined. */
  readonly gapMs: number;
}

const useStyles = makeStyles({
  root: { margin: 0, minWidth: 0, maxWidth: "720px" },
  svg: { display: "block", width: "100%", height: "auto", overflow: "visible" },
  grid: { stroke: tokens.colorNeutralStroke2, strokeWidth: 1 },
  text: { fill: tokens.colorNeutralForeground2, fontSize: "11px", fontFamily: tokens.fontFamilyBase },
  line: { fill: "none", strokeWidth: 2, strokeLinejoin: "round" },
  first: { stroke: tokens.colorBrandForeground1 },
  second: { stroke: tokens.colorPaletteDarkOrangeForeground1, strokeDasharray: "6 3" },
  legend: { display: "flex", flexWrap: "wrap", columnGap: tokens.spacingHorizontalL, fontSize: tokens.fontSizeBase200, color: tokens.colorNeutralForeground2 },
  key: { display: "inline-flex", alignItems: "center", columnGap: tokens.spacingHorizontalXS },
});

const size = { width: 640, height: 180 } as const;
const area = { left: 44, top: 8, width: size.width - 52, height: size.height - 32 } as const;

const clock = (atMs: number): string => new Date(atMs).toLocaleTimeString(undefined, { hour: "2-digit", minute: "2-digit", second: "2-digit" });

export function LinePlot({ label, unit, series, gapMs }: LinePlotProps) {
  const styles = useStyles();
  const all = series.flatMap(({ points }) => points);
  const span = { fromMs: Math.min(...all.map(({ atMs }) => atMs)), toMs: Math.max(...all.map(({ atMs }) => atMs)), end: axisEnd(Math.max(0, ...all.map(({ value }) => value))) };
  if (all.length === 0) return null;
  const tone = (index: number): string => mergeClasses(styles.line, index === 0 ? styles.first : styles.second);
  const newest = series.map(({ name, points }) => `${name} ${points.at(-1)?.value ?? 0} ${unit} now, ${Math.max(0, ...points.map(({ value }) => value))} at most`).join("; ");
  return (
    <figure className={styles.root}>
      <svg className={styles.svg} viewBox={`0 0 ${size.width} ${size.height}`} role="img" aria-label={`${label}: ${newest}`}>
        {[0, 0.5, 1].map((part) => {
          const y = area.top + area.height * (1 - part);
          return (
            <g key={part}>
              <line className={styles.grid} x1={area.left} x2={area.left + area.width} y1={y} y2={y} />
              <text className={styles.text} x={area.left - 6} y={y + 4} textAnchor="end">{span.end * part}</text>
            </g>
          );
        })}
        <text className={styles.text} x={area.left} y={size.height - 6}>{clock(span.fromMs)}</text>
        <text className={styles.text} x={area.left + area.width} y={size.height - 6} textAnchor="end">{clock(span.toMs)}</text>
        {series.map(({ name, points }, index) => <path key={name} className={tone(index)} d={linePath(points, area, span, gapMs)} />)}
      </svg>
      <figcaption className={styles.legend}>
        {series.map(({ name }, index) => (
          <span key={name} className={styles.key}>
            <svg width="24" height="8" aria-hidden><line className={tone(index)} x1="0" x2="24" y1="4" y2="4" /></svg>
            {name} ({unit})
          </span>
        ))}
      </figcaption>
    </figure>
  );
}
