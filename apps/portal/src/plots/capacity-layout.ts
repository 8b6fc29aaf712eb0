// Where the bars of a capacity plot stand: all on one scale of bytes, grouped by what the data survives. Pure.
import { niceTicks } from "./ticks.ts";

export interface CapacityItem {
  readonly name: string;
  /** What is in it: "File systems". */
  readonly kind: string;
  /** What it survives, in words; items of the same protection stand together. */
  readonly protection: string;
  readonly usedBytes: number;
  readonly usableBytes: number;
}

export interface CapacityRow {
  readonly name: string;
  readonly kind: string;
  readonly usedBytes: number;
  readonly ofBytes: number;
  readonly textY: number;
  readonly barTop: number;
  readonly usedWidth: number;
  readonly ofWidth: number;
}

export interface CapacityLayout {
  readonly groups: readonly { readonly title: string; readonly textY: number; readonly rows: readonly CapacityRow[] }[];
  readonly rawX: number;
  readonly ticks: readonly { readonly x: number; readonly bytes: number }[];
  readonly bottom: number;
}

export const CAPACITY_BAR_HEIGHT = 14;
const GROUP_HEIGHT = 26;
const ROW_HEIGHT = 44;
const TICK_WIDTH = 84;

export const groupsOf = (items: readonly CapacityItem[]): readonly (readonly [protection: string, items: readonly CapacityItem[]])[] => [...Map.groupBy(items, ({ protection }) => protection)];

export function layOutCapacity(items: readonly CapacityItem[], raw: { readonly usedBytes: number; readonly rawBytes: number }, area: { readonly left: number; readonly top: number; readonly width: number }): CapacityLayout {
  const largest = Math.max(raw.rawBytes, raw.usedBytes, ...items.flatMap(({ usedBytes, usableBytes }) => [usedBytes, usableBytes]));
  const values = niceTicks(largest, Math.max(2, Math.floor(area.width / TICK_WIDTH)));
  const top = values.at(-1) ?? 1;
  const width = (bytes: number): number => (bytes / top) * area.width;
  const all: CapacityItem = { name: "All disks", kind: "copies and coding included", protection: "Raw", usedBytes: raw.usedBytes, usableBytes: raw.rawBytes };
  let y = area.top;
  const groups = [["Raw disks", [all]] as const, ...groupsOf(items)].map(([title, members]) => {
    const textY = y + 17;
    y += GROUP_HEIGHT;
    const rows = members.map(({ name, kind, usedBytes, usableBytes }) => {
      const row = { name, kind, usedBytes, ofBytes: usableBytes, textY: y + 13, barTop: y + 19, usedWidth: width(usedBytes), ofWidth: width(usableBytes) };
      y += ROW_HEIGHT;
      return row;
    });
    return { title, textY, rows };
  });
  return { groups, rawX: area.left + width(raw.rawBytes), ticks: values.map((bytes) => ({ x: area.left + width(bytes), bytes })), bottom: y };
}
