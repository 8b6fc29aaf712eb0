// Step 10: latency beside the rates, with the word for what was timed, null where the engine does not tell; and of
// each operation who asked for it, null of those that are there already.
export const latencyAndCallersSql = `
alter table cynosure.metrics_samples
  add column latency_of text,
  add column read_latency_ms double precision,
  add column write_latency_ms double precision;

alter table cynosure.operations add column started_by json;
`;
