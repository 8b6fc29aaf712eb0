// PEM framing: base64 in lines of 64 between BEGIN and END. Nothing else about certificates is known here.

export const encodePem = (label: string, der: Uint8Array): string => `-----BEGIN ${label}-----\n${(Buffer.from(der).toString("base64").match(/.{1,64}/g) ?? []).join("\n")}\n-----END ${label}-----\n`;

/** The first block with this label, or null. */
export function decodePem(label: string, text: string): Buffer | null {
  const match = new RegExp(`-----BEGIN ${label}-----([A-Za-z0-9+/=\\s]+)-----END ${label}-----`).exec(text);
  return match?.[1] === undefined ? null : Buffer.from(match[1], "base64");
}
