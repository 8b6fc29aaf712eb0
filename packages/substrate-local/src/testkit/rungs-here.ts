// Which rungs this machine can test, and why not the others. Test only.
import { spawnSync } from "node:child_process";
import { findTool } from "@cynosure/machine";
import { rootNamespaces } from "../root-namespaces.ts";
import { makeUserNamespaces } from "../user-namespace.ts";
import type { Rung } from "../rung.ts";

export interface RungHere {
  readonly rung: Rung;
  /** Why it cannot be tested here; null when it can. */
  readonly missing: string | null;
}

export function rungsHere(): readonly RungHere[] {
  const tools = ["bwrap", "ip", "nsenter"].filter((tool) => findTool(tool) === null);
  const lacksTools = tools.length === 0 ? null : `needs ${tools.join(", ")}`;
  const lacksRoot = process.getuid?.() === 0 ? null : "needs root for named network namespaces";
  const lacksUserNamespaces = spawnSync("unshare", ["--user", "--map-root-user", "--net", "--mount", "true"]).status === 0 ? null : "needs unprivileged user namespaces, which this kernel refuses";
  return [
    { rung: rootNamespaces, missing: lacksRoot ?? lacksTools },
    { rung: makeUserNamespaces(), missing: lacksUserNamespaces ?? lacksTools },
  ];
}
