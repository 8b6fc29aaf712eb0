// Records as files over NFS version 4, at the top of the export. Runs inside the image, where the library is.
import { openNfsFiles } from "@cynosure/live-client/nfs-files";
import type { RecordStore } from "./records.ts";

export function openNfsStore(endpoint: { readonly address: string; readonly port: number }, exportPath: string): RecordStore {
  const files = openNfsFiles([endpoint], exportPath);
  return {
    async write(name, bytes) {
      files.write(`/${name}`, bytes);
    },
    async read(name) {
      const bytes = files.read(`/${name}`);
      if (bytes === null) throw new Error("nfs_open answered -2: there is no such file");
      return bytes;
    },
    reset: () => files.reset(),
  };
}
