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

interface Insert {
  readonly table: string;
  readonly columns: readonly string[];
  readonly returned: readonly string[];
  readonly name: string;
  /** Without what it returns: nobody reads that. */
  readonly bare: string;
}

const INSERT = /^(?<bare>insert into "\w+"\.(?<table>\w+) \((?<columns>[^)]*)\).*? on conflict \(workflow_uuid\).*?)(?: returning (?<returned>.*))?$/is;
const split = (list: string): string[] => list.split(",").map((name) => name.trim()).filter((name) => name !== "");

/** Null for what is no insert that does no harm when the row is there. */
function readInsert(text: string): Insert | null {
  const plain = text.replace(/--[^\n]*/g, "").replace(/\s+/g, " ").trim();
  const { bare, table, columns = "", returned = "" } = INSERT.exec(plain)?.groups ?? {};
  if (bare === undefined || table === undefined) return null;
  return { table, columns: split(columns), returned: split(returned), name: createHash("sha256").update(text).digest("hex").slice(0, 16), bare };
}

export interface TakeDownOptions {
  /** Queues any workflow: what DBOS asks for is looked at once. */
  readonly rehearsal: EnqueueOn;
  /** Told with the first of the statements, when they are committed. */
  readonly wakeChannel: string;
}

export type TakeDown = (enqueue: EnqueueOn) => Promise<readonly QueueStatement[]>;

export async function createTakeDown({ rehearsal, wakeChannel }: TakeDownOptions): Promise<TakeDown> {
  const moved = (): Error => new Error("This release of DBOS queues workflows otherwise: pin the version named in packages/workflow/package.json.");
  const inserts = new Map<string, Insert>();
  const takeDown = async (enqueue: EnqueueOn, read: (text: string) => Insert): Promise<readonly (Asked & { readonly insert: Insert })[]> => {
    const asked: (Asked & { readonly insert: Insert })[] = [];
    const query = (text: string, values: readonly unknown[] = []): Promise<{ readonly rows: readonly unknown[]; readonly rowCount: number }> => {
      const insert = read(text);
      asked.push({ text, values, insert });
      // The row that an insert gives back, of the values it was given.
      return Promise.resolve({ rows: [Object.fromEntries(insert.returned.map((name) => [name, values[insert.columns.indexOf(name)] ?? null]))], rowCount: 1 });
    };
    await enqueue({ query } as unknown as ClientBase); // DBOS asks it, and does nothing else with it
    return asked;
  };
  const known = (text: string): Insert => {
    const insert = inserts.get(text);
    if (insert === undefined) throw moved();
    return insert;
  };
  const first = await takeDown(rehearsal, (text) => {
    const insert = readInsert(text);
    if (insert === null) throw moved();
    inserts.set(text, insert);
    return insert;
  });
  const [head] = first;
  if (head === undefined || first.map(({ insert }) => insert.table).join() !== "workflow_status,workflow_input") throw moved();
  // Gives a row back also where one was there.
  const waking = new Map([[head.text, `${head.insert.bare} returning pg_notify('${wakeChannel}', '')`]]);
  return async (enqueue) => (await takeDown(enqueue, known)).map(({ text, values, insert }) => ({ name: insert.name, text: waking.get(text) ?? insert.bare, values }));
}
