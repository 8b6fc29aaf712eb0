// Markup that cannot be broken by what is put into it: a tagged template that escapes every value that is not markup itself. Pure.

export interface Markup {
  readonly markup: string;
}

export type MarkupValue = Markup | string | number | readonly MarkupValue[];

/** For text and for attributes in double quotes. Control characters have no place in a page. */
export const escapeText = (text: string): string =>
  text
    .toWellFormed()
    .replace(/[^\P{Cc}\t\n]/gu, "\ufffd")
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;")
    .replaceAll("'", "&#39;");

function rendered(value: MarkupValue): string {
  if (typeof value === "string") return escapeText(value);
  if (typeof value === "number") return String(value);
  return "markup" in value ? value.markup : value.map(rendered).join("");
}

export function html(parts: TemplateStringsArray, ...values: readonly MarkupValue[]): Markup {
  return { markup: parts.map((part, index) => part + (index < values.length ? rendered(values[index] ?? "") : "")).join("") };
}

/** For text of ours alone, such as the style sheet. */
export const trusted = (markup: string): Markup => ({ markup });

export interface TableColumn {
  readonly title: string;
  readonly isNumber?: boolean;
}

export function table(caption: string, columns: readonly TableColumn[], rows: readonly (readonly MarkupValue[])[]): Markup {
  const cell = (value: MarkupValue, column: number): Markup => (columns[column]?.isNumber === true ? html`<td class="number">${value}</td>` : html`<td>${value}</td>`);
  const head = columns.map(({ title, isNumber }) => (isNumber === true ? html`<th scope="col" class="number">${title}</th>` : html`<th scope="col">${title}</th>`));
  return html`<div class="wide"><table><caption>${caption}</caption><thead><tr>${head}</tr></thead><tbody>${rows.map((row) => html`<tr>${row.map(cell)}</tr>`)}</tbody></table></div>`;
}
