// One RGW as an S3 client sees it: path-style URLs, AWS signature version 4 by aws4fetch, over the loopback
// relay. Bounded in time; an answer other than 2xx is an error that carries the service's own words.
import { AwsClient } from "aws4fetch";
import type { StorageGateway } from "./round-trip.ts";

const REQUEST_TIMEOUT_MS_MAX = 60_000;
const PROBE_TIMEOUT_MS_MAX = 5_000;
const RETRIES_MAX = 3;

export interface S3Keys {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

export interface S3Endpoint {
  readonly name: string;
  readonly address: string;
  readonly port: number;
}

export function s3Gateway(endpoint: S3Endpoint, bucket: string, keys: S3Keys): StorageGateway {
  const client = new AwsClient({ ...keys, service: "s3", region: "us-east-1", retries: RETRIES_MAX });
  const base = `http://${endpoint.address}:${endpoint.port}/${bucket}`;
  const call = async (method: "GET" | "PUT", name: string, body?: Uint8Array): Promise<Response> => {
    const url = `${base}/${name.split("/").map(encodeURIComponent).join("/")}`;
    // A Buffer is a valid body; the copy narrows its memory to ArrayBuffer as fetch's types ask.
    const answer = await client.fetch(url, { method, signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS_MAX), ...(body === undefined ? {} : { body: new Uint8Array(body) }) });
    if (answer.ok) return answer;
    const text = (await answer.text()).slice(0, 300);
    throw new Error(`${method} ${url} answered ${answer.status}: ${text === "" ? answer.statusText : text}`);
  };
  return {
    label: `${endpoint.name} (${endpoint.address}:${endpoint.port})`,
    async write(name, bytes) {
      await (await call("PUT", name, bytes)).arrayBuffer();
    },
    read: async (name) => Buffer.from(await (await call("GET", name)).arrayBuffer()),
    async probe() {
      const answer = await client.fetch(`${base}?max-keys=1`, { signal: AbortSignal.timeout(PROBE_TIMEOUT_MS_MAX) });
      await answer.arrayBuffer();
      if (!answer.ok) throw new Error(`${base} answered ${answer.status}`);
    },
  };
}
