// The text of a server-sent event stream, cut into events as it arrives. Pure; comments and unknown fields are left out.

export interface ServerEvent {
  readonly event: string;
  readonly data: string;
}

/** Takes the next piece of text and answers the events it completed; keeps the rest. */
export function makeEventReader(): (text: string) => readonly ServerEvent[] {
  let rest = "";
  return (text) => {
    const blocks = (rest + text).replaceAll("\r\n", "\n").split("\n\n");
    rest = blocks.pop() ?? "";
    return blocks.map(readBlock).filter((event) => event !== undefined);
  };
}

function readBlock(block: string): ServerEvent | undefined {
  let event = "message";
  const data: string[] = [];
  for (const line of block.split("\n")) {
    const [, field, value = ""] = /^([a-z]+):? ?(.*)$/.exec(line) ?? [];
    if (field === "event") event = value;
    if (field === "data") data.push(value);
  }
  return data.length === 0 && event === "message" ? undefined : { event, data: data.join("\n") };
}
