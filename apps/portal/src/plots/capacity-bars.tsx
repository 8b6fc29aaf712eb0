// How full the cluster is: what is used of what could be, by protection, all on one scale with a line where the raw
// disks end.
import { mergeClasses } from "@fluentui/react-components";
import { CAPACITY_BAR_HEIGHT, groupsOf, layOutCapacity } from "./capacity-layout.ts";
import type { CapacityItem, CapacityRow } from "./capacity-layout.ts";
import { PlotFigure } from "./plot-figure.tsx";
import { usePlotStyles } from "./plot-styles.ts";

const MARGIN = { left: 10, right: 22, top: 18, bottom: 22 };
/** Letters stand beside the axis, not on it. */
const TEXT_INDENT = 6;

interface CapacityBarsProps {
  readonly title: string;
  readonly usedBytes: number;
  readonly rawBytes: number;
  readonly items: readonly CapacityItem[];
  readonly bytesWords: (bytes: number) => string;
}

export function CapacityBars({ title, usedBytes, rawBytes, items, bytesWords }: CapacityBarsProps) {
  const fill = (used: number, of: number): string => `${bytesWords(used)} of ${bytesWords(of)}${of > 0 ? `, ${Math.round((used / of) * 100)} %` : ""}`;
  const summary = `${title}. Raw disks: ${fill(usedBytes, rawBytes)}. ${groupsOf(items).map(([protection, members]) => `${protection}: ${members.map((each) => `${each.name} ${fill(each.usedBytes, each.usableBytes)}`).join("; ")}`).join(". ")}`;
  const table = () => ({
    heads: ["What", "In it", "Protection", "Used", "Usable"],
    rows: [["All disks", "copies and coding included", "raw", bytesWords(usedBytes), bytesWords(rawBytes)], ...items.map((each) => [each.name, each.kind, each.protection, bytesWords(each.usedBytes), bytesWords(each.usableBytes)])],
  });
  return <PlotFigure title={title} table={table}>{(width) => <CapacityDrawing width={width} summary={summary} usedBytes={usedBytes} rawBytes={rawBytes} items={items} bytesWords={bytesWords} fill={fill} />}</PlotFigure>;
}

interface DrawingProps extends Omit<CapacityBarsProps, "title"> {
  readonly width: number;
  readonly summary: string;
  readonly fill: (used: number, of: number) => string;
}

function CapacityDrawing({ width, summary, usedBytes, rawBytes, items, bytesWords, fill }: DrawingProps) {
  const plot = usePlotStyles();
  const { groups, rawX, ticks, bottom } = layOutCapacity(items, { usedBytes, rawBytes }, { left: MARGIN.left, top: MARGIN.top, width: width - MARGIN.left - MARGIN.right });
  return (
    <svg className={plot.svg} width={width} height={bottom + MARGIN.bottom} role="img" aria-label={summary}>
      <g aria-hidden>
        {ticks.map(({ x, bytes }) => (
          <g key={bytes}>
            <line className={bytes === 0 ? plot.axis : plot.grid} x1={x} x2={x} y1={MARGIN.top} y2={bottom} />
            <text className={plot.quiet} x={x} y={bottom + 15} textAnchor={bytes === 0 ? "start" : "middle"}>{bytes === 0 ? "0" : bytesWords(bytes)}</text>
          </g>
        ))}
        <line className={plot.raw} x1={rawX} x2={rawX} y1={MARGIN.top - 4} y2={bottom} />
        <text className={plot.quiet} x={rawX - 6} y={MARGIN.top - 6} textAnchor="end">{`raw disks end here: ${bytesWords(rawBytes)}`}</text>
        {groups.map(({ title, textY, rows }) => (
          <g key={title}>
            <text className={mergeClasses(plot.text, plot.rimmed, plot.strong)} x={MARGIN.left + TEXT_INDENT} y={textY}>{title}</text>
            {rows.map((row) => <Bar key={row.name} row={row} words={fill(row.usedBytes, row.ofBytes)} />)}
          </g>
        ))}
      </g>
    </svg>
  );
}

function Bar({ row, words }: { readonly row: CapacityRow; readonly words: string }) {
  const plot = usePlotStyles();
  return (
    <g>
      <text className={mergeClasses(plot.text, plot.rimmed)} x={MARGIN.left + TEXT_INDENT} y={row.textY}>{`${row.name} (${row.kind}): ${words}`}</text>
      <rect className={plot.room} x={MARGIN.left} y={row.barTop} width={row.ofWidth} height={CAPACITY_BAR_HEIGHT} />
      <rect className={plot.used} x={MARGIN.left} y={row.barTop} width={row.usedWidth} height={CAPACITY_BAR_HEIGHT} />
    </g>
  );
}
