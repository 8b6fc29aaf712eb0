// Colours and letters of all plots, from the theme's tokens. What must be told from the ground by itself is listed with
// its token, so that a test can measure it in both themes.
import { makeStyles, tokens } from "@fluentui/react-components";
import type { Theme } from "@fluentui/react-components";

/** Lines, bars and marks, on `colorNeutralBackground1`: at least 3:1. */
export const drawnTokens = ["colorBrandForeground1", "colorPaletteBerryForeground1", "colorPaletteDarkOrangeForeground1", "colorPaletteRedForeground1", "colorPaletteGreenForeground1", "colorNeutralStrokeAccessible", "colorNeutralForeground2"] as const satisfies readonly (keyof Theme)[];

export const usePlotStyles = makeStyles({
  svg: { display: "block", overflow: "visible" },
  text: { fill: tokens.colorNeutralForeground1, fontSize: "12px", fontFamily: tokens.fontFamilyBase },
  quiet: { fill: tokens.colorNeutralForeground2, fontSize: "11px", fontFamily: tokens.fontFamilyBase, fontVariantNumeric: "tabular-nums" },
  // Grid lines behind letters are hidden by a rim in the colour of the ground.
  rimmed: { paintOrder: "stroke", stroke: tokens.colorNeutralBackground1, strokeWidth: "4px", strokeLinejoin: "round" },
  middle: { marginInline: "auto" },
  small: { fontSize: "11px" },
  strong: { fontWeight: tokens.fontWeightSemibold },
  grid: { stroke: tokens.colorNeutralStroke2, strokeWidth: "1px", shapeRendering: "crispEdges" },
  axis: { stroke: tokens.colorNeutralStrokeAccessible, strokeWidth: "1px", shapeRendering: "crispEdges" },
  edge: { fill: "none", stroke: tokens.colorNeutralStrokeAccessible, strokeWidth: "1px" },
  edgeCritical: { stroke: tokens.colorNeutralForeground1, strokeWidth: "2.5px" },
  arrow: { fill: tokens.colorNeutralStrokeAccessible },
  solid: { fill: "none", stroke: tokens.colorBrandForeground1, strokeWidth: "2px", strokeLinejoin: "round" },
  dashed: { fill: "none", stroke: tokens.colorPaletteBerryForeground1, strokeWidth: "2px", strokeDasharray: "6 3", strokeLinejoin: "round" },
  dotted: { fill: "none", stroke: tokens.colorPaletteDarkOrangeForeground1, strokeWidth: "2px", strokeDasharray: "2 2", strokeLinejoin: "round" },
  solidMark: { fill: tokens.colorBrandForeground1 },
  dashedMark: { fill: tokens.colorPaletteBerryForeground1 },
  dottedMark: { fill: tokens.colorPaletteDarkOrangeForeground1 },
  used: { fill: tokens.colorBrandForeground1 },
  room: { fill: tokens.colorNeutralBackground3, stroke: tokens.colorNeutralStrokeAccessible, strokeWidth: "1px" },
  raw: { stroke: tokens.colorNeutralForeground2, strokeWidth: "2px", strokeDasharray: "5 3" },
  bar: { fill: tokens.colorBrandBackground2, stroke: tokens.colorBrandForeground1, strokeWidth: "1px" },
  barCritical: { fill: tokens.colorBrandForeground1, stroke: tokens.colorBrandForeground1, strokeWidth: "1px" },
  barBroken: { stroke: tokens.colorNeutralForeground2, strokeWidth: "2.5px" },
  barFailed: { stroke: tokens.colorPaletteRedForeground1 },
  onBar: { fill: tokens.colorNeutralBackground1, fontSize: "11px" },
  node: { fill: tokens.colorNeutralBackground1, stroke: tokens.colorNeutralStrokeAccessible, strokeWidth: "1px" },
  nodeRunning: { stroke: tokens.colorBrandForeground1, strokeWidth: "2px", fill: tokens.colorBrandBackground2 },
  nodeFailed: { stroke: tokens.colorPaletteRedForeground1, strokeWidth: "2px" },
  nodeWaiting: { strokeDasharray: "4 3" },
  good: { fill: tokens.colorPaletteGreenForeground1 },
  bad: { fill: tokens.colorPaletteRedForeground1 },
  brand: { fill: tokens.colorBrandForeground1 },
});
