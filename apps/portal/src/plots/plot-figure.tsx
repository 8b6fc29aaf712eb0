// What is around every plot: a frame with its heading, the drawing in the width there is, and the same as a table for
// who asks. A drawing wider than its frame is scrolled, by the keyboard as well.
import { Button, Table, TableBody, TableCell, TableHeader, TableHeaderCell, TableRow, Text, makeStyles, tokens } from "@fluentui/react-components";
import { useId, useState } from "react";
import type { ReactNode } from "react";
import { useWidth } from "./use-width.ts";

const focusable = { ":focus-visible": { outline: `2px solid ${tokens.colorStrokeFocus2}` } };
const useStyles = makeStyles({
  root: { margin: 0, padding: tokens.spacingVerticalM, display: "flex", flexDirection: "column", rowGap: tokens.spacingVerticalS, minWidth: 0, backgroundColor: tokens.colorNeutralBackground1, borderRadius: tokens.borderRadiusMedium, boxShadow: tokens.shadow2 },
  head: { display: "flex", justifyContent: "space-between", alignItems: "start", columnGap: tokens.spacingHorizontalM },
  toggle: { flexShrink: 0 },
  note: { color: tokens.colorNeutralForeground2, fontVariantNumeric: "tabular-nums" },
  scroll: { overflowX: "auto", overflowY: "hidden", ...focusable },
  table: { maxHeight: "320px", overflow: "auto", ...focusable },
  rows: { tableLayout: "auto", minWidth: "max-content" },
});

export interface PlotTable {
  readonly heads: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

interface PlotFigureProps {
  readonly title: string;
  /** Said in words below the title. */
  readonly note?: string;
  /** Made when somebody asks for it. */
  readonly table: () => PlotTable;
  /** True when the drawing may be wider than the frame. */
  readonly isScrolled?: boolean;
  readonly children: (width: number) => ReactNode;
}

export function PlotFigure({ title, note, table, isScrolled = false, children }: PlotFigureProps) {
  const styles = useStyles();
  const [ref, width] = useWidth();
  const [isTable, setTable] = useState(false);
  const id = useId();
  return (
    <figure className={styles.root} aria-label={title}>
      <div className={styles.head}>
        <Text weight="semibold">{title}</Text>
        <Button className={styles.toggle} size="small" appearance="subtle" aria-expanded={isTable} aria-controls={id} aria-label={`${isTable ? "Hide the table" : "Show as table"}: ${title}`} onClick={() => setTable(!isTable)}>{isTable ? "Hide the table" : "Show as table"}</Button>
      </div>
      {note === undefined ? null : <Text className={styles.note}>{note}</Text>}
      <div ref={ref} {...(isScrolled ? { className: styles.scroll, tabIndex: 0, role: "group", "aria-label": `Drawing: ${title}` } : {})}>{width === 0 ? null : children(width)}</div>
      <div id={id}>{isTable ? <PlotRows title={title} table={table()} /> : null}</div>
    </figure>
  );
}

function PlotRows({ title, table: { heads, rows } }: { readonly title: string; readonly table: PlotTable }) {
  const styles = useStyles();
  return (
    <div className={styles.table} tabIndex={0} role="group" aria-label={`Table: ${title}`}>
      <Table size="extra-small" className={styles.rows} aria-label={title}>
        <TableHeader><TableRow>{heads.map((head) => <TableHeaderCell key={head}>{head}</TableHeaderCell>)}</TableRow></TableHeader>
        <TableBody>{rows.map((row, index) => <TableRow key={index}>{row.map((cell, column) => <TableCell key={heads[column]}>{cell}</TableCell>)}</TableRow>)}</TableBody>
      </Table>
    </div>
  );
}
