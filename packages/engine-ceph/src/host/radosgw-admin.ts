// What only the object gateway's own tool can do: the zone with its placement targets, the S3 user, and
// removing a bucket with its objects. Three fixed operations; a call that takes long goes on in the
// background and is asked after again, so that nobody waits inside a request.
import { existsSync } from "node:fs";
import { rgwEntity } from "../layout/keyrings.ts";
import { S3_USER_ID, ZONE_NAME } from "../layout/names.ts";
import * as paths from "../layout/paths.ts";
import { hostId } from "@cynosure/model";
import { hostPath } from "./host-place.ts";
import { HostRequestError } from "./host-request-error.ts";
import { readFields, readText } from "./payload.ts";
import { lastLines, mustRunTool, runTool } from "./tool.ts";

/** How long a request waits for the work before it says "running". */
const ANSWER_WITHIN_MS = 1_500;
const TOOL_TIMEOUT_MS = 30_000;
const REMOVAL_TIMEOUT_MS = 3_600_000;
const NOT_FOUND = 2;

const BUCKET = /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/;
const HOST = /^[a-z0-9][a-z0-9-]{0,62}$/;

const [cephConf, userFile, zonegroupFile, zoneFile] = [hostPath(paths.CEPH_CONF), hostPath(paths.S3_USER_FILE), hostPath(paths.ZONEGROUP_FILE), hostPath(paths.ZONE_FILE)];

type Tool = (args: readonly string[], timeoutMsMax: number) => Promise<string>;

async function configureZone(tool: Tool): Promise<void> {
  for (const file of [zonegroupFile, zoneFile, userFile]) if (!existsSync(file)) throw new HostRequestError("HostFileMissing", `${file} is not on this host; it runs no object gateway or its host plan has not arrived`);
  await tool(["zonegroup", "set", `--rgw-zonegroup=${ZONE_NAME}`, `--infile=${zonegroupFile}`, "--default"], TOOL_TIMEOUT_MS);
  await tool(["zone", "set", `--rgw-zone=${ZONE_NAME}`, `--infile=${zoneFile}`, "--default"], TOOL_TIMEOUT_MS);
  // From a file: a key on a command line is for everybody to read.
  await tool(["metadata", "put", `user:${S3_USER_ID}`, `--infile=${userFile}`], TOOL_TIMEOUT_MS);
}

async function removeBucket(gateway: string, bucket: string): Promise<void> {
  const result = await runTool("radosgw-admin", [...identity(gateway), "bucket", "rm", `--bucket=${bucket}`, "--purge-objects", "--yes-i-really-mean-it"], REMOVAL_TIMEOUT_MS);
  if (result.code !== 0 && result.code !== NOT_FOUND) throw new HostRequestError("ToolFailed", `radosgw-admin could not remove bucket ${bucket} (${result.code}): ${lastLines(result.stderr)}`);
}

const identity = (gateway: string): string[] => ["-c", cephConf, "--admin-socket=", "-n", rgwEntity(hostId(gateway))];

export function createRadosgwAdmin(): (payload: unknown) => Promise<unknown> {
  const running = new Map<string, Promise<void>>();
  const begin = (key: string, work: () => Promise<void>): Promise<void> => {
    const found = running.get(key);
    if (found !== undefined) return found;
    const started = work();
    running.set(key, started);
    // A failure nobody asks after must not end the agent; whoever asks sees it.
    started.catch(() => undefined);
    return started;
  };
  return async (payload) => {
    const fields = readFields(payload, ["operation", "gateway", "bucket"]);
    const operation = readText(fields, "operation", /^(configureZone|removeBucket)$/);
    const gateway = readText(fields, "gateway", HOST);
    const bucket = operation === "removeBucket" ? readText(fields, "bucket", BUCKET) : "";
    const key = `${operation} ${bucket}`;
    const work = operation === "configureZone" ? () => configureZone((args, timeoutMsMax) => mustRunTool("radosgw-admin", [...identity(gateway), ...args], timeoutMsMax)) : () => removeBucket(gateway, bucket);
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<"running">((resolve) => (timer = setTimeout(() => resolve("running"), ANSWER_WITHIN_MS)));
    let isOver = true;
    try {
      const state = await Promise.race([begin(key, work).then(() => "done" as const), late]);
      isOver = state === "done";
      return { state };
    } finally {
      clearTimeout(timer);
      // What has ended, well or not, is forgotten: the next call begins anew.
      if (isOver) running.delete(key);
    }
  };
}
