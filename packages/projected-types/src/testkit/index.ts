// Lists that are answered part by part, read whole.
import { Buffer } from "node:buffer";
import type { ListText, ProjectedAnswer } from "../port.ts";

export interface WholeList {
  readonly value: readonly unknown[];
  readonly skipToken: string | undefined;
}

export async function wholeList({ list, skipToken }: Pick<ProjectedAnswer, "list" | "skipToken">): Promise<WholeList> {
  if (list === undefined) throw new Error("the answer is no list");
  const texts = [textOf(list.first)];
  let next = skipToken;
  for (let at = await list.rest?.next(); at !== undefined; at = await list.rest?.next()) {
    if (at.done === true) {
      next = at.value;
      break;
    }
    texts.push(textOf(at.value.text));
  }
  return { value: JSON.parse(`[${texts.filter((text) => text !== "").join(",")}]`) as readonly unknown[], skipToken: next };
}

/** Small, so that it is filled more than once. */
const PIECE_BYTES = 1_000;

function textOf({ bytesMax, pieces }: ListText): string {
  const copies: Uint8Array[] = [];
  for (const piece of pieces(new Uint8Array(PIECE_BYTES))) copies.push(Uint8Array.from(piece));
  const whole = Buffer.concat(copies);
  if (whole.byteLength > bytesMax) throw new Error(`a list's text has ${whole.byteLength} bytes and says ${bytesMax}`);
  return whole.toString("utf8");
}
