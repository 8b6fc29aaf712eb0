// The steps of a plan as bars in time, those of the longest chain marked: where the time went, and what would have to
// be faster. Steps that have not begun are not drawn.
import { makeStyles, mergeClasses, tokens } from "@fluentui/react-components";
import { criticalSteps } from "./scales.ts";
import type { TimedStep } from "./scales.ts";

export interface GanttStep extends TimedStep {
  readonly title: string;
  readonly startedMs: number | undefined;
  readonly finishedMs: number | undefined;
  readonly isFailed: boolean;
}

interface GanttPlotProps {
  readonly label: string;
  readonly steps: readonly GanttStep[];
  /** Where bars end that have no end yet. */
  readonly nowMs: number;
}

const ROW_PX = 18;
const LABEL_PX = 220;
const WIDTH_PX = 760;
const LABEL_LETTERS_MAX = 34;

const useStyles = makeStyles({
  root: { margin: 0, maxWidth: "900px", overflowX: "auto" },
  svg: { display: "block", width: "100%", minWidth: "560px", height: "auto" },
  text: { fill: tokens.colorNeutralForeground1, fontSize: "11px", fontFamily: tokens.fontFamilyBase },
  bar: { fill: tokens.colorNeutralStroke1Hover },
  critical: { fill: tokens.colorBrandBackground },
  failed: { fill: tokens.colorPaletteRedBackground3 },
  grid: { stroke: tokens.colorNeutralStroke2 },
  caption: { fontSize: tokens.fontSizeBase200, color: tokens.colorNeutralForeground2 },
});

const short = (title: string): string => (title.length > LABEL_LETTERS_MAX ? `${title.slice(0, LABEL_LETTERS_MAX - 1)}…` : title);

export function GanttPlot({ label, steps, nowMs }: GanttPlotProps) {
  const styles = useStyles();
  const begun = steps.flatMap((step) => (step.startedMs === undefined ? [] : [{ ...step, startedMs: step.startedMs, endMs: step.finishedMs ?? Math.max(nowMs, step.startedMs) }])).toSorted((a, b) => a.startedMs - b.startedMs);
  if (begun.length === 0) return null;
  const critical = criticalSteps(steps);
  const fromMs = Math.min(...begun.map(({ startedMs }) => startedMs));
  const spanMs = Math.max(1, Math.max(...begun.map(({ endMs }) => endMs)) - fromMs);
  const x = (atMs: number): number => LABEL_PX + ((atMs - fromMs) / spanMs) * (WIDTH_PX - LABEL_PX - 4);
  const height = begun.length * ROW_PX + 20;
  const seconds = (spanMs / 1000).toFixed(1);
  return (
    <figure className={styles.root} tabIndex={0} aria-label={label}>
      <svg className={styles.svg} viewBox={`0 0 ${WIDTH_PX} ${height}`} role="img" aria-label={`${label}: ${begun.length} steps in ${seconds} s; on the longest chain: ${begun.filter(({ id }) => critical.has(id)).map(({ title }) => title).join(", ")}`}>
        <line className={styles.grid} x1={LABEL_PX} x2={LABEL_PX} y1={0} y2={height - 18} />
        {begun.map((step, row) => (
          <g key={step.id}>
            <text className={styles.text} x={LABEL_PX - 6} y={row * ROW_PX + 13} textAnchor="end">{short(step.title)}</text>
            <rect className={mergeClasses(styles.bar, critical.has(step.id) && styles.critical, step.isFailed && styles.failed)} x={x(step.startedMs)} y={row * ROW_PX + 3} height={ROW_PX - 6} width={Math.max(2, x(step.endMs) - x(step.startedMs))} rx={2} />
          </g>
        ))}
        <text className={styles.text} x={LABEL_PX} y={height - 4}>0 s</text>
        <text className={styles.text} x={WIDTH_PX - 4} y={height - 4} textAnchor="end">{`${seconds} s`}</text>
      </svg>
      <figcaption className={styles.caption}>Filled with the accent: the longest chain of steps, which decides how long all of it takes.</figcaption>
    </figure>
  );
}
