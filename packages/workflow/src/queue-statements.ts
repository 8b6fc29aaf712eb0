// The statements by which DBOS queues a workflow, taken down without asking the database. DBOS asks for the second when it has the answer to
// the first, so that each workflow would cost one way to the database more, and it leaves them without a name, so that PostgreSQL would
// parse and plan thirty columns each time (0.45 of 1.2 ms). Here DBOS is answered what an insert of a new row answers. The
// version is pinned exactly; what is relied on is checked when the statements are first taken down.
import { createHash } from "node:crypto";
import type { QueueStatement } from "@cynosure/resource-store";
import type { ClientBase } from "pg";

/** Queues one workflow by asking `connection`. */
export type EnqueueOn = (connection: ClientBase) => Promise<unknown>;

interface Asked {
  readonly text: string;
  readonly values: readonly unknown[];
}

const INSERT = /^insert into "(?<schema>\w+)"\.(?<table>\w+) \((?<columns>[^)]*)\).*? on conflict \(workflow_uuid\)(?:.* returning (?<returned>.*))?/is;
const names = (list: string): string[] => list.split(",").map((name) => name.trim());
const normal = (text: string): string => text.replace(/\s+/g, " ").trim();

/** The row that an insert gives back, of the values it was given. */
function rowOf({ text, values }: Asked): Record<string, unknown> {
  const { columns = "", returned = "" } = INSERT.exec(normal(text))?.groups ?? {};
  const given = new Map(names(columns).map((name, index) => [name, values[index] ?? null]));
  return Object.fromEntries(names(returned).map((name) => [name, given.get(name)]));
}

async function takeDown(enqueue: EnqueueOn): Promise<readonly Asked[]> {
  const asked: Asked[] = [];
  const connection = {
    query: (text: string, values: readonly unknown[] = []) => {
      asked.push({ text, values });
      return Promise.resolve({ rows: [rowOf({ text, values })], rowCount: 1 });
    },
  };
  await enqueue(connection as unknown as ClientBase); // DBOS asks it, and does nothing else with it
  return asked;
}

/** Two inserts that do no harm when the row is there: only then does nobody have to wait for the answers. */
const isExpected = (asked: readonly Asked[]): boolean =>
  asked.map(({ text }) => INSERT.exec(normal(text))?.groups?.["table"]).join() === "workflow_status,workflow_input";

export async function createTakeDown(rehearsal: EnqueueOn): Promise<(enqueue: EnqueueOn) => Promise<readonly QueueStatement[]>> {
  const first = await takeDown(rehearsal);
  const moved = (): Error => new Error("This release of DBOS queues workflows otherwise: pin the version named in packages/workflow/package.json.");
  if (!isExpected(first)) throw moved();
  const namesOf = new Map(first.map(({ text }) => [text, createHash("sha256").update(text).digest("hex").slice(0, 16)]));
  return async (enqueue) =>
    (await takeDown(enqueue)).map(({ text, values }) => {
      const name = namesOf.get(text);
      if (name === undefined) throw moved();
      return { name, text, values };
    });
}
