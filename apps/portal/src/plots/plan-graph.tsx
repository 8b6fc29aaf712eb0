// The steps of a plan as a graph: a box each with its state, arrows from what it waits for. Arrows that others already
// say are left out of the drawing, not of the table.
import { mergeClasses } from "@fluentui/react-components";
import { useId, useMemo } from "react";
import { NODE_LINE_HEIGHT, layOutGraph } from "./graph-layout.ts";
import type { GraphNode } from "./graph-layout.ts";
import { PlotFigure } from "./plot-figure.tsx";
import { usePlotStyles } from "./plot-styles.ts";
import { stateCounts, stateMarks, tookWords } from "./steps.ts";
import type { PlotStep } from "./steps.ts";

interface PlanGraphProps {
  readonly title: string;
  readonly steps: readonly PlotStep[];
}

export function PlanGraph({ title, steps }: PlanGraphProps) {
  const names = new Map(steps.map((step) => [step.id, step.title]));
  const table = () => ({ heads: ["Step", "State", "Took", "Waits for"], rows: steps.map((step) => [step.title, step.status, tookWords(step), step.dependsOn.map((id) => names.get(id) ?? id).join("; ")]) });
  return <PlotFigure title={title} note={stateCounts(steps)} table={table} isScrolled>{(width) => <GraphDrawing title={title} steps={steps} width={width} />}</PlotFigure>;
}

function GraphDrawing({ title, steps, width }: PlanGraphProps & { readonly width: number }) {
  const plot = usePlotStyles();
  const arrow = useId();
  // The order of the boxes depends on what waits for what, not on how far it is: it stays still while the plan runs.
  const shape = steps.map(({ id, dependsOn }) => `${id}<${dependsOn.join()}`).join(";");
  const layout = useMemo(() => layOutGraph(steps, width), [shape, width]);
  const byId = new Map(steps.map((step) => [step.id, step]));
  const layers = layout.nodes.reduce((most, { layer }) => Math.max(most, layer + 1), 0);
  return (
    <svg className={mergeClasses(plot.svg, plot.middle)} width={layout.width} height={layout.height} role="img" aria-label={`${title}: ${steps.length} steps in ${layers} layers, ${stateCounts(steps)}.`}>
      <defs><marker id={arrow} viewBox="0 0 8 8" refX="8" refY="4" markerWidth="7" markerHeight="7" orient="auto"><path className={plot.arrow} d="M0 0L8 4L0 8z" /></marker></defs>
      <g aria-hidden>
        {layout.edges.map(({ from, to, path }) => <path key={`${from} ${to}`} className={plot.edge} d={path} markerEnd={`url(#${arrow})`} />)}
        {layout.nodes.map((node) => <Node key={node.step.id} node={node} step={byId.get(node.step.id) ?? node.step} />)}
      </g>
    </svg>
  );
}

function Node({ node, step }: { readonly node: GraphNode; readonly step: PlotStep }) {
  const plot = usePlotStyles();
  const frame = step.status === "failed" ? plot.nodeFailed : step.status === "running" ? plot.nodeRunning : step.status === "done" ? undefined : plot.nodeWaiting;
  const mark = step.status === "failed" ? plot.bad : step.status === "running" ? plot.brand : step.status === "done" ? plot.good : undefined;
  const middle = node.top + node.height / 2;
  return (
    <g>
      <title>{`${step.title}: ${step.status}, ${tookWords(step)}`}</title>
      <rect className={mergeClasses(plot.node, frame)} x={node.left} y={node.top} width={node.width} height={node.height} rx={4} />
      <text className={mergeClasses(plot.text, mark)} x={node.left + 7} y={middle + 4}>{stateMarks[step.status]}</text>
      {node.lines.map((line, index) => <text key={index} className={mergeClasses(plot.text, plot.small)} x={node.left + 23} y={middle + 4 + (index - (node.lines.length - 1) / 2) * NODE_LINE_HEIGHT}>{line}</text>)}
    </g>
  );
}
