// A bucket on loopback that answers as an object gateway does, and can be made to lose, change and refuse. For tests.
import { createServer } from "node:http";
import type { IncomingMessage, Server } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";

export interface TinyS3 {
  readonly endpoint: { readonly name: string; readonly address: string; readonly port: number };
  /** Null while the bucket is not there. */
  objects: Map<string, Buffer> | null;
  /** Answered in place of the next requests. */
  readonly refusals: number[];
  /** The same for lists alone, which a client asks for only where it begins and ends. */
  readonly listRefusals: number[];
  readonly methods: string[];
  close(): Promise<void>;
}

interface Reply {
  readonly status: number;
  readonly body?: Buffer | string;
}

function reply(bucket: TinyS3, method: string, key: string, body: Buffer): Reply {
  const refusal = (key === "" && method === "GET" ? bucket.listRefusals.shift() : undefined) ?? bucket.refusals.shift();
  if (refusal !== undefined) return { status: refusal, body: "<Error><Code>SlowDown</Code></Error>" };
  if (key === "") {
    if (method === "PUT") {
      const isThere = bucket.objects !== null;
      bucket.objects ??= new Map();
      return { status: isThere ? 409 : 200 };
    }
    if (bucket.objects === null) return { status: 404 };
    if (method === "GET") return { status: 200, body: `<ListBucketResult>${[...bucket.objects.keys()].map((each) => `<Contents><Key>${each}</Key></Contents>`).join("")}</ListBucketResult>` };
    if (bucket.objects.size > 0) return { status: 409, body: "<Error><Code>BucketNotEmpty</Code></Error>" };
    bucket.objects = null;
    return { status: 204 };
  }
  if (bucket.objects === null) return { status: 404 };
  if (method === "PUT") bucket.objects.set(key, body);
  else if (method === "DELETE") bucket.objects.delete(key);
  else {
    const found = bucket.objects.get(key);
    return found === undefined ? { status: 404 } : { status: 200, body: found };
  }
  return { status: method === "PUT" ? 200 : 204 };
}

async function answer(bucket: TinyS3, incoming: IncomingMessage): Promise<Reply> {
  const { pathname } = new URL(incoming.url ?? "/", "http://x");
  bucket.methods.push(`${incoming.method ?? ""} ${pathname}`);
  return reply(bucket, incoming.method ?? "", pathname.split("/").slice(2).join("/"), await buffer(incoming));
}

export async function startTinyS3(name = "s3-1"): Promise<TinyS3> {
  const held: { bucket: TinyS3 | null } = { bucket: null };
  const server: Server = createServer((incoming, response) => {
    if (held.bucket === null) return void response.writeHead(503).end();
    answer(held.bucket, incoming).then(({ status, body = "" }) => response.writeHead(status).end(body), () => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo; // it listens on TCP
  const bucket: TinyS3 = {
    endpoint: { name, address: "127.0.0.1", port },
    objects: null,
    refusals: [],
    listRefusals: [],
    methods: [],
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  held.bucket = bucket;
  return bucket;
}
