// A plan's steps in layers: no step stands before one it waits for, nothing covers anything, and an arrow that passes a
// layer has a lane of its own there. Pure.
import type { Box } from "./line-layout.ts";
import { nearestNeeds, orderLayers, layersOf } from "./graph-layers.ts";
import type { LayerItem } from "./graph-layers.ts";
import { wrapWords } from "./steps.ts";
import type { PlotStep } from "./steps.ts";

export interface GraphNode extends Box {
  readonly step: PlotStep;
  readonly layer: number;
  readonly lines: readonly string[];
}

export interface GraphEdge {
  readonly from: string;
  readonly to: string;
  readonly path: string;
}

export interface GraphLayout {
  readonly nodes: readonly GraphNode[];
  readonly edges: readonly GraphEdge[];
  readonly width: number;
  readonly height: number;
  readonly direction: "down" | "right";
}

export const NODE_LINE_HEIGHT = 14;
const NODE_HEIGHT_REST = 16;
const NODE_LINES_MAX = 4;
/** Width of a character of a box, on the safe side. */
const NODE_CHAR_WIDTH = 6.7;
/** What a box needs beside its letters: the mark before them and the rim. */
const NODE_TEXT_REST = 28;
const NODE_WIDTH_MIN = 108;
const NODE_WIDTH_MAX = 210;
const PADDING = 6;
/** Between two things of one layer, and between two layers. */
const SIDE_GAP = 8;
const LAYER_GAP = { down: 30, right: 34 } as const;
const LANE = 4;

interface Frame {
  readonly direction: GraphLayout["direction"];
  readonly nodeWidth: number;
}

/** The direction in which the boxes may be widest in the room there is. */
export function frameFor(layers: readonly (readonly LayerItem[])[], width: number): Frame {
  const room = width - 2 * PADDING;
  const down = Math.min(...layers.map((layer) => {
    const steps = Math.max(1, layer.filter(({ step }) => step !== undefined).length);
    return (room - (layer.length - 1) * SIDE_GAP - (layer.length - steps) * LANE) / steps;
  }), NODE_WIDTH_MAX);
  const right = Math.min((room - (layers.length - 1) * LAYER_GAP.right) / Math.max(1, layers.length), NODE_WIDTH_MAX);
  const direction = right >= down ? "right" : "down";
  return { direction, nodeWidth: Math.floor(Math.max(NODE_WIDTH_MIN, direction === "right" ? right : down)) };
}

export function layOutGraph(steps: readonly PlotStep[], width: number): GraphLayout {
  const needs = nearestNeeds(steps);
  const layers = orderLayers(layersOf(steps, needs), needs);
  const { direction, nodeWidth } = frameFor(layers, width);
  const isDown = direction === "down";
  const lines = new Map(steps.map(({ id, title }) => [id, wrapWords(title, Math.floor((nodeWidth - NODE_TEXT_REST) / NODE_CHAR_WIDTH), NODE_LINES_MAX)]));
  const nodeHeight = NODE_HEIGHT_REST + NODE_LINE_HEIGHT * Math.max(2, ...[...lines.values()].map(({ length }) => length));
  // "Across" is along a layer, "along" is from layer to layer.
  const across = (item: LayerItem): number => (item.step === undefined ? LANE : isDown ? nodeWidth : nodeHeight);
  const along = isDown ? nodeHeight : nodeWidth;
  const lengthOf = (layer: readonly LayerItem[]): number => layer.reduce((sum, item) => sum + across(item), 0) + Math.max(0, layer.length - 1) * SIDE_GAP;
  const longest = Math.max(0, ...layers.map(lengthOf));
  const boxes = new Map<string, Box>();
  const nodes: GraphNode[] = [];
  layers.forEach((layer, index) => {
    let at = PADDING + (longest - lengthOf(layer)) / 2;
    const start = PADDING + index * (along + LAYER_GAP[direction]);
    for (const item of layer) {
      const box = isDown ? { left: at, top: start, width: across(item), height: along } : { left: start, top: at, width: along, height: across(item) };
      boxes.set(item.key, box);
      if (item.step !== undefined) nodes.push({ ...box, step: item.step, layer: index, lines: lines.get(item.step.id) ?? [] });
      at += across(item) + SIDE_GAP;
    }
  });
  const edges = steps.flatMap((step) => (needs.get(step.id) ?? []).map((from) => ({ from, to: step.id, path: edgePath(from, step.id, layers, boxes, isDown) })));
  const total = PADDING * 2 + layers.length * along + Math.max(0, layers.length - 1) * LAYER_GAP[direction];
  const size = longest + 2 * PADDING;
  return { nodes, edges, direction, width: isDown ? size : total, height: isDown ? total : size };
}

/** From box to box, through the lane of each layer between. */
function edgePath(from: string, to: string, layers: readonly (readonly LayerItem[])[], boxes: ReadonlyMap<string, Box>, isDown: boolean): string {
  const lanes = layers.flatMap((layer) => layer.filter((item) => item.lane?.from === from && item.lane.to === to).map(({ key }) => key));
  const stops = [from, ...lanes, to].flatMap((key) => boxes.get(key) ?? []);
  return stops.slice(1).map((box, index) => {
    const before = stops[index] ?? box;
    const [x1, y1] = isDown ? [before.left + before.width / 2, before.top + before.height] : [before.left + before.width, before.top + before.height / 2];
    const [x2, y2] = isDown ? [box.left + box.width / 2, box.top] : [box.left, box.top + box.height / 2];
    const half = isDown ? (y2 - y1) / 2 : (x2 - x1) / 2;
    const curve = isDown ? `C${x1} ${y1 + half} ${x2} ${y2 - half} ${x2} ${y2}` : `C${x1 + half} ${y1} ${x2 - half} ${y2} ${x2} ${y2}`;
    // A lane is passed straight.
    const pass = index + 2 === stops.length ? "" : isDown ? `L${x2} ${box.top + box.height}` : `L${box.left + box.width} ${y2}`;
    return `${index === 0 ? `M${x1} ${y1}` : ""}${curve}${pass}`;
  }).join("");
}
