// Objects as files over NFS, in a directory that is the client's own. The library's calls block, so a thread makes
// them (nfs-worker.ts); who is told to stop does not wait for one that hangs.
import { Worker } from "node:worker_threads";
import type { NfsTarget } from "@cynosure/model";
import type { NfsAnswer, NfsQuestion, NfsWork } from "./nfs-worker.ts";
import type { ObjectStore } from "./object-store.ts";

type Asked = NfsQuestion extends infer Question ? (Question extends { readonly id: number } ? Omit<Question, "id"> : never) : never;

export function openNfsStore({ endpoints, exportPath, directory }: Omit<NfsTarget, "protocol">): ObjectStore {
  const work: NfsWork = { endpoints, exportPath, directory };
  const worker = new Worker(new URL("nfs-worker.ts", import.meta.url), { workerData: work });
  const open = new Map<number, PromiseWithResolvers<Uint8Array | null>>();
  let newest = 0;
  worker.on("message", (answer: NfsAnswer) => {
    const waiting = open.get(answer.id);
    open.delete(answer.id);
    if (answer.ok) waiting?.resolve(answer.bytes);
    else waiting?.reject(new Error(answer.message));
  });
  worker.on("error", (error) => {
    for (const waiting of open.values()) waiting.reject(error);
    open.clear();
  });
  const ask = (question: Asked, signal?: AbortSignal): Promise<Uint8Array | null> => {
    signal?.throwIfAborted();
    const id = (newest += 1);
    const waiting = Promise.withResolvers<Uint8Array | null>();
    open.set(id, waiting);
    const abandon = (): void => waiting.reject(signal?.reason);
    signal?.addEventListener("abort", abandon, { once: true });
    worker.postMessage({ ...question, id });
    return waiting.promise.finally(() => signal?.removeEventListener("abort", abandon));
  };
  return {
    prepare: async (signal) => void (await ask({ kind: "prepare" }, signal)),
    write: async (name, bytes, signal) => void (await ask({ kind: "write", name, bytes }, signal)),
    read: async (name, signal) => {
      const bytes = await ask({ kind: "read", name }, signal);
      return bytes === null ? null : Buffer.from(bytes);
    },
    remove: async (name, signal) => void (await ask({ kind: "remove", name }, signal)),
    clear: async (signal) => void (await ask({ kind: "clear" }, signal)),
    reset: () => void ask({ kind: "reset" }).catch(() => undefined), // the call after it says what is wrong
  };
}
