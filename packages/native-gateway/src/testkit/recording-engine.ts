// A server that is no engine: writes down what arrives, byte for byte, and answers what the test says.
import { once } from "node:events";
import http from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";

export interface RecordedRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: http.IncomingHttpHeaders;
  readonly body: string;
}

export interface RecordingEngine {
  readonly origin: string;
  readonly requests: RecordedRequest[];
  /** Instead of recording. */
  answer: http.RequestListener | null;
  /** What recorded requests are answered with. */
  reply: { status: number; headers: Record<string, string>; body: string };
  close(): Promise<void>;
}

export async function openRecordingEngine(): Promise<RecordingEngine> {
  const server = http.createServer((request, response) => {
    if (engine.answer !== null) return engine.answer(request, response);
    void buffer(request).then((body) => {
      engine.requests.push({ method: request.method ?? "", url: request.url ?? "", headers: request.headers, body: body.toString("utf8") });
      response.writeHead(engine.reply.status, { "content-type": "application/json", ...engine.reply.headers }).end(engine.reply.body);
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo; // listens on TCP
  const engine: RecordingEngine = {
    origin: `http://127.0.0.1:${port}`,
    requests: [],
    answer: null,
    reply: { status: 200, headers: {}, body: "{}" },
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return engine;
}
