// What the product is compared with: Fastify over TLS, no checks, and for each request exactly the statements
// that cannot be left out. Started as a process of its own: DATABASE_URL, key and certificate come by argument.
//
//   GET /one/N   one named read of a resource row, answered as JSON
//   GET /fifty   one named read of 50 rows after a random key, with what is seen of each, answered as JSON
//   PUT /one/N   one transaction: upsert of the resource row (in a copy of the table, which announces nothing), one audit row, one
//                step queued; answered with the body
import { readFileSync } from "node:fs";
import { planId, stepId } from "@cynosure/model";
import { openPool } from "@cynosure/resource-store";
import { createStepEnqueuer } from "@cynosure/workflow";
import Fastify from "fastify";
import { CONNECTIONS_MAX, type ServerArguments, announceReady } from "./server-process.ts";

const COLUMNS = "key, id, type, name, parent_key, subscription_id, location, tags, properties, system_data, provisioning_state, etag";
const one = { name: "bare.one", text: `select ${COLUMNS} from cynosure.resources where key = $1` };
/** The query of the list itself, with what is seen of each cluster. */
const fifty = {
  name: "bare.fifty",
  text: `select ${COLUMNS}, o.health, o.endpoints, s.target_plan_id
    from (select ${COLUMNS} from cynosure.resources where type = $1 and parent_key = $2 and key > $3 order by key limit 50) r
    left join cynosure.observations o on o.cluster_key = r.key collate "default"
    left join cynosure.cluster_states s on s.cluster_key = r.key collate "default" order by r.key`,
};
const upsert = {
  name: "bare.upsert",
  text: `insert into bench.resources (${COLUMNS}) values ($1, $1, 'Cynosure.Storage/clusters', $2, $3, $4, 'local', '{}', $5, '{}', 'Accepted', $6)
    on conflict (key) do update set properties = excluded.properties, etag = excluded.etag`,
};
const audit = { name: "bare.audit", text: "insert into cynosure.audit (at_ms, principal, correlation_id, action, resource_id, before_sha256, after_sha256) values ($1, 'p', $2, 'write', $3, null, $2)" };

const { databaseUrl, port, keyFile, certificateFile, parentKey } = JSON.parse(process.argv[2] ?? "{}") as ServerArguments; // written by api.ts
const pool = openPool(databaseUrl, { connectionsMax: CONNECTIONS_MAX, applicationName: "bench baseline" });
const enqueuer = await createStepEnqueuer({ pool, databaseUrl, log: () => undefined });
const app = Fastify({ https: { key: readFileSync(keyFile), cert: readFileSync(certificateFile) }, logger: false });

app.get<{ Params: { name: string } }>("/one/:name", async ({ params }) => (await pool.query({ ...one, values: [`${parentKey}/providers/cynosure.storage/clusters/${params.name}`] })).rows[0]);
app.get<{ Querystring: { after?: string } }>("/fifty", async ({ query }) => ({
  value: (await pool.query({ ...fifty, values: ["Cynosure.Storage/clusters", parentKey, `${parentKey}/providers/cynosure.storage/clusters/${query.after ?? ""}`] })).rows,
}));
app.put<{ Params: { name: string } }>("/one/:name", async ({ params, body }, reply) => {
  const client = await pool.connect();
  try {
    await client.query("begin");
    const key = `${parentKey}/providers/cynosure.storage/clusters/${params.name}`;
    await client.query({ ...upsert, values: [key, params.name, parentKey, "s", JSON.stringify(body), params.name] });
    await client.query({ ...audit, values: [Date.now(), params.name, key] });
    await enqueuer.enqueueStep(client, planId(`bare-${params.name}`), stepId("first"));
    await client.query("commit");
  } catch (error) {
    await client.query("rollback");
    throw error;
  } finally {
    client.release();
  }
  return reply.code(201).send(body);
});

await app.listen({ host: "127.0.0.1", port });
announceReady({ token: "" });
