// The hand of an NFS client that waits: a thread in which the library's calls block, so that the client goes on
// saying what it feels. One call after another, each answered.
import { parentPort, workerData } from "node:worker_threads";
import { openNfsFiles } from "./nfs-files.ts";
import type { NfsEndpoint } from "./nfs-files.ts";

export interface NfsWork {
  readonly endpoints: readonly NfsEndpoint[];
  readonly exportPath: string;
  /** Below the export, the client's own. */
  readonly directory: string;
}

export type NfsQuestion =
  | { readonly id: number; readonly kind: "write"; readonly name: string; readonly bytes: Uint8Array }
  | { readonly id: number; readonly kind: "read" | "remove"; readonly name: string }
  | { readonly id: number; readonly kind: "prepare" | "clear" | "reset" };

export type NfsAnswer = { readonly id: number; readonly ok: true; readonly bytes: Uint8Array | null } | { readonly id: number; readonly ok: false; readonly message: string };

const { endpoints, exportPath, directory } = workerData as NfsWork; // given by nfs-store.ts
const files = openNfsFiles(endpoints, exportPath);

function removeAll(): void {
  for (const name of files.list(directory)) files.remove(`${directory}/${name}`);
}

function act(question: NfsQuestion): Uint8Array | null {
  switch (question.kind) {
    case "prepare":
      files.makeDirectory(directory);
      removeAll();
      return null;
    case "write":
      files.write(`${directory}/${question.name}`, Buffer.from(question.bytes));
      return null;
    case "read":
      return files.read(`${directory}/${question.name}`);
    case "remove":
      files.remove(`${directory}/${question.name}`);
      return null;
    case "clear":
      removeAll();
      files.removeDirectory(directory);
      return null;
    case "reset":
      files.reset();
      return null;
  }
}

parentPort?.on("message", (question: NfsQuestion) => {
  const { id } = question;
  try {
    parentPort?.postMessage({ id, ok: true, bytes: act(question) } satisfies NfsAnswer);
  } catch (error) {
    parentPort?.postMessage({ id, ok: false, message: error instanceof Error ? error.message : String(error) } satisfies NfsAnswer);
  }
});
