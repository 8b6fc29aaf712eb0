// Links of an engine to itself, in `next`, `previous` and `url` of its JSON, made to go through the gateway. Works on the text
// as it passes, with a bounded memory: the bytes of everything else stay as they are. In valid JSON these words in plain
// quotes before a colon are keys; inside a text their quotes are escaped.
import { Buffer } from "node:buffer";
import { Transform } from "node:stream";

/** Longer than a key, its colon and an origin can be. */
const HELD_LENGTH = 512;

export interface LinkRewriter {
  whole(text: string): string;
  /** For bodies that are not held. */
  stream(): Transform;
}

export function createLinkRewriter(origin: string, publicBase: string): LinkRewriter {
  const host = new URL(origin).host.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
  const link = new RegExp(String.raw`("(?:next|previous|url)"[ \t\r\n]{0,8}:[ \t\r\n]{0,8}")https?:(?:\\?/){2}${host}(?=["?\\/])`, "g");
  const whole = (text: string): string => text.replaceAll(link, `$1${publicBase}`);
  return {
    whole,
    stream: () => {
      let held = "";
      return new Transform({
        transform(chunk: Buffer, _encoding, done) {
          // One character for each byte: a piece may end within a character of UTF-8.
          const text = whole(held + chunk.toString("latin1"));
          held = text.slice(-HELD_LENGTH);
          done(null, text.length > HELD_LENGTH ? Buffer.from(text.slice(0, -HELD_LENGTH), "latin1") : undefined);
        },
        flush(done) {
          done(null, held === "" ? undefined : Buffer.from(held, "latin1"));
        },
      });
    },
  };
}
