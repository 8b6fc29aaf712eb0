// Which rungs this machine can test, and why not the others. Test only.
import { spawnSync } from "node:child_process";
import { findTool, runInPlaceProblem } from "@cynosure/machine";
import type { Installation } from "@cynosure/machine";
import { makeLoopbackRung } from "../loopback-rung.ts";
import { rootNamespaces } from "../root-namespaces.ts";
import { makeUserNamespaces } from "../user-namespace.ts";
import type { Rung } from "../rung.ts";

export interface RungHere {
  readonly letter: Rung["letter"];
  readonly rung: (installation: Installation) => Rung;
  /** Why it cannot be tested here; null when it can. */
  readonly missing: string | null;
}

export function rungsHere(): readonly RungHere[] {
  const tools = ["bwrap", "ip", "nsenter"].filter((tool) => findTool(tool) === null);
  const lacksTools = tools.length === 0 ? null : `needs ${tools.join(", ")}`;
  const lacksRoot = process.getuid?.() === 0 ? null : "needs root for named network namespaces";
  const lacksUserNamespaces = spawnSync("unshare", ["--user", "--map-root-user", "--net", "--mount", "true"]).status === 0 ? null : "needs unprivileged user namespaces, which this kernel refuses";
  return [
    { letter: "a", rung: () => rootNamespaces, missing: lacksRoot ?? lacksTools },
    { letter: "b", rung: () => makeUserNamespaces(), missing: lacksUserNamespaces ?? lacksTools },
    { letter: "c", rung: makeLoopbackRung, missing: runInPlaceProblem() },
  ];
}
