// As little of an HTTP client as reads answers of a stated length: what a client collects and waits for by itself would stand in the
// slowest hundredth of what is measured.
import { once } from "node:events";
import { connect } from "node:tls";

const HEAD_END = "\r\n\r\n";

export interface PlainClient {
  /** Ends when the answer has come whole; its status. One at a time. */
  get(path: string): Promise<number>;
  close(): void;
}

export async function connectPlainly({ baseUrl, token }: { readonly baseUrl: string; readonly token: string }): Promise<PlainClient> {
  const { host, hostname, port } = new URL(baseUrl);
  // The certificate is the benchmark's own, made a minute ago.
  const socket = connect({ host: hostname, port: Number(port), rejectUnauthorized: false });
  await once(socket, "secureConnect");
  socket.setNoDelay(true);
  socket.setEncoding("latin1");
  const rest = ` HTTP/1.1\r\nHost: ${host}\r\n${token === "" ? "" : `Authorization: Bearer ${token}\r\n`}\r\n`;
  let waiting: PromiseWithResolvers<number> | null = null;
  let came = "";
  socket.on("data", (text: string) => {
    came += text;
    const length = wholeLength(came);
    if (length === null || came.length < length) return;
    const status = Number(came.slice(9, 12));
    came = came.slice(length);
    waiting?.resolve(status);
  });
  socket.on("error", (error) => waiting?.reject(error));
  socket.once("close", () => waiting?.reject(new Error(`${baseUrl} closed the connection`)));
  return {
    get: (path) => {
      waiting = Promise.withResolvers<number>();
      socket.write(`GET ${path}${rest}`);
      return waiting.promise;
    },
    close: () => socket.destroy(),
  };
}

/** Of head and body together, in bytes; null where the head is not whole. */
function wholeLength(came: string): number | null {
  const headEnd = came.indexOf(HEAD_END);
  if (headEnd < 0) return null;
  const length = /\r\ncontent-length: *(\d+)/i.exec(came.slice(0, headEnd + 2))?.[1];
  if (length === undefined) throw new Error("the answer does not state its length");
  return headEnd + HEAD_END.length + Number(length);
}
