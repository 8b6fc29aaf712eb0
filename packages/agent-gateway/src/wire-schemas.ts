// JSON schemas of everything an agent sends. Strict: an unknown property is an error, so a typing mistake
// in a report never passes as silence. The types they admit are those of the model.

const text = (lengthMax: number): object => ({ type: "string", maxLength: lengthMax });
const count = { type: "integer", minimum: 0, maximum: Number.MAX_SAFE_INTEGER };
const record = (required: readonly string[], properties: Readonly<Record<string, object>>): object => ({ type: "object", additionalProperties: false, required, properties });

const hostName = { type: "string", pattern: "^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$" };
const clusterKeyText = { type: "string", pattern: "^/[a-z0-9/._()-]{1,1000}$" };
const requestPem = { type: "string", minLength: 100, maxLength: 8192 };

export const joinBody = record(["clusterKey", "hostId", "token", "csr"], { clusterKey: clusterKeyText, hostId: hostName, token: { type: "string", minLength: 1, maxLength: 200 }, csr: requestPem });
export const renewBody = record(["csr"], { csr: requestPem });

const daemonReport = record(["id", "kind", "state", "restarts"], {
  id: text(200),
  kind: text(100),
  state: { enum: ["preparing", "starting", "running", "stopping", "failed"] },
  pid: count,
  startTicks: count,
  restarts: count,
  error: text(2000),
});

export const reportBody = record(["clusterKey", "hostId", "observedGeneration", "executorEpoch", "state", "daemons", "agent"], {
  clusterKey: clusterKeyText,
  hostId: hostName,
  observedGeneration: count,
  executorEpoch: count,
  state: { enum: ["converging", "converged", "failed"] },
  daemons: { type: "array", maxItems: 500, items: daemonReport },
  activity: text(1000),
  error: text(4000),
  agent: record(["pid", "version", "startedAtMs"], { pid: count, version: text(100), startedAtMs: count }),
});

export const responseBody = {
  oneOf: [
    record(["ok", "value"], { ok: { const: true }, value: {} }),
    record(["ok", "error"], { ok: { const: false }, error: record(["code", "message"], { code: text(200), message: text(8000) }) }),
  ],
};

/** `after=<generation>:<epoch>`; `0:0` asks for any plan. */
export const planQuery = record(["after"], { after: { type: "string", pattern: "^[0-9]{1,15}:[0-9]{1,15}$" } });
export const requestParams = record(["id"], { id: { type: "string", pattern: "^[A-Za-z0-9._:-]{1,200}$" } });
