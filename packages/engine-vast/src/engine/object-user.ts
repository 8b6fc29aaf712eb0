// The user that owns the buckets, and its keys. A key's secret is told once: it goes to the vault at once, and a key whose
// secret was lost on the way is removed.
import { doneVoid, failed, type StepResult } from "@cynosure/model";
import type { EngineCredentials, EngineVault } from "@cynosure/engine";
import { OWN_NAME, S3_KEYS_SECRET } from "../layout/names.ts";
import type { Context } from "./context.ts";
import { asRows, idOf, textOf, type Row } from "./rows.ts";
import type { Vms } from "./vms.ts";

interface S3Keys {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

export async function readKeys(vault: EngineVault): Promise<EngineCredentials["s3"]> {
  const kept = await vault.readSecret(S3_KEYS_SECRET);
  return kept === null ? null : (JSON.parse(kept) as S3Keys); // written by `ensureKeys` alone
}

async function findUser(vms: Vms): Promise<Row | null> {
  return (await vms.list("/users/")).find((row) => textOf(row, "name") === OWN_NAME) ?? null;
}

async function ensureUser(vms: Vms): Promise<Row | null> {
  const known = await findUser(vms);
  if (known !== null) return known;
  const [provider] = await vms.list("/localproviders/");
  if (provider === undefined) return null;
  await vms.send({ method: "POST", path: "/users/", json: { name: OWN_NAME, local_provider_id: Number(idOf(provider)), allow_create_bucket: true, allow_delete_bucket: true } });
  return findUser(vms);
}

const removeKey = (vms: Vms, user: Row, accessKey: string): Promise<Row> => vms.send({ method: "DELETE", path: `/users/${idOf(user)}/access_keys/`, json: { access_key: accessKey } });

async function ensureKeys({ vms, vault }: Context, user: Row): Promise<StepResult> {
  if ((await readKeys(vault)) !== null) return doneVoid;
  // Made by a try whose end was lost: nobody knows their secrets.
  for (const key of asRows(user["access_keys"])) await removeKey(vms, user, textOf(key, "access_key"));
  const made = await vms.send({ method: "POST", path: `/users/${idOf(user)}/access_keys/`, json: {} });
  const keys: S3Keys = { accessKeyId: textOf(made, "access_key"), secretAccessKey: textOf(made, "secret_key") };
  if (keys.accessKeyId === "" || keys.secretAccessKey === "") return failed("NoAccessKey", `The management server made an access key of ${OWN_NAME} and told no secret.`);
  const kept = await vault.ensureSecret(S3_KEYS_SECRET, () => JSON.stringify(keys));
  // Somebody else was faster, and its key is the one that is kept.
  if (kept !== JSON.stringify(keys)) await removeKey(vms, user, keys.accessKeyId);
  return doneVoid;
}

export async function ensureObjectUser(context: Context): Promise<StepResult> {
  const user = await ensureUser(context.vms);
  if (user === null) return failed("NoLocalProvider", "The management server has no local provider to keep users in. Create one, then write the cluster again.");
  return ensureKeys(context, user);
}
