// A table of resources with the contract's columns; a page may show single columns its own way and add what can be
// done with a row. An empty table says what would be in it.
import { Table, TableBody, TableCell, TableHeader, TableHeaderCell, TableRow, Text, makeStyles, mergeClasses, tokens } from "@fluentui/react-components";
import { contractTypes } from "@cynosure/sdk";
import type { ReactNode } from "react";
import { isRecord } from "../words/values.ts";
import { cellWords, columnsOf } from "./columns.ts";

const useStyles = makeStyles({
  scroll: { overflowX: "auto", backgroundColor: tokens.colorNeutralBackground1, borderRadius: tokens.borderRadiusMedium, boxShadow: tokens.shadow2, ":focus-visible": { outline: `2px solid ${tokens.colorStrokeFocus2}` } },
  table: { tableLayout: "auto", minWidth: "max-content", width: "100%" },
  cell: { whiteSpace: "nowrap", maxWidth: "560px", overflow: "hidden", textOverflow: "ellipsis" },
  // What can be done stays in sight when the rest is scrolled.
  actions: { position: "sticky", right: 0, backgroundColor: tokens.colorNeutralBackground1, borderLeft: `1px solid ${tokens.colorNeutralStroke2}` },
  head: { fontWeight: tokens.fontWeightSemibold, whiteSpace: "nowrap" },
  empty: { display: "block", padding: tokens.spacingVerticalL, color: tokens.colorNeutralForeground2 },
});

interface ResourceTableProps<Item extends object> {
  readonly label: string;
  /** The type in the contract; without one there are the columns of `extra` alone. */
  readonly typeName?: string;
  readonly items: readonly Item[];
  readonly leftOut?: readonly string[];
  /** Heads of columns that are shown as something else than what the contract calls them. */
  readonly labels?: Readonly<Record<string, string>>;
  /** Properties that people look for first. */
  readonly first?: readonly string[];
  /** Columns that are more than text, by property; those that are none of the contract come after the name. */
  readonly cells?: Readonly<Record<string, (item: Item) => ReactNode>>;
  readonly extra?: readonly { readonly label: string; readonly show: (item: Item) => ReactNode }[];
  readonly actions?: (item: Item) => ReactNode;
  readonly nameOf?: (item: Item) => ReactNode;
  /** Head of the first column; the name of the resource when absent. */
  readonly nameLabel?: string;
  readonly empty: string;
}

const wordOf = (item: object, name: string): string => (isRecord(item) && typeof item[name] === "string" ? item[name] : "");

export function ResourceTable<Item extends object>({ label, typeName, items, leftOut = [], first = [], labels = {}, cells = {}, extra = [], actions, nameOf, nameLabel = "Name", empty }: ResourceTableProps<Item>) {
  const styles = useStyles();
  const columns = typeName === undefined ? [] : columnsOf(contractTypes, typeName, leftOut, first);
  if (items.length === 0) return <div className={styles.scroll}><Text className={styles.empty}>{empty}</Text></div>;
  const head = (text: string, title?: string) => <TableHeaderCell key={text} className={styles.head} {...(title === undefined ? {} : { title })}>{text}</TableHeaderCell>;
  return (
    // Reached by the keyboard, because it may have to be scrolled.
    <div className={styles.scroll} tabIndex={0} role="group" aria-label={label}>
      <Table size="small" className={styles.table} aria-label={label}>
        <TableHeader>
          <TableRow>
            {head(nameLabel)}
            {extra.map((each) => head(each.label))}
            {columns.map((column) => head(labels[column.name] ?? column.label, column.description))}
            {actions === undefined ? null : <TableHeaderCell className={mergeClasses(styles.head, styles.actions)}>Actions</TableHeaderCell>}
          </TableRow>
        </TableHeader>
        <TableBody>
          {items.map((item, index) => (
            <TableRow key={wordOf(item, "id") || index}>
              <TableCell className={styles.cell}>{nameOf === undefined ? wordOf(item, "name") : nameOf(item)}</TableCell>
              {extra.map((each) => <TableCell key={each.label} className={styles.cell}>{each.show(item)}</TableCell>)}
              {columns.map((column) => <TableCell key={column.name} className={styles.cell}>{cells[column.name]?.(item) ?? cellWords(contractTypes, column, item)}</TableCell>)}
              {actions === undefined ? null : <TableCell className={mergeClasses(styles.cell, styles.actions)}>{actions(item)}</TableCell>}
            </TableRow>
          ))}
        </TableBody>
      </Table>
    </div>
  );
}
