// Two nginx of one worker each: static files without TLS, and a TLS reverse proxy before them, as Debian ships nginx. Runs from a
// directory of its own and leaves what the machine has configured alone.
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, truncateSync, writeFileSync } from "node:fs";
import { request } from "node:http";
import { join } from "node:path";

export const STREAM_BYTES = 1_000_000_000;
export const STREAM_PATH = "/api/latest/supportbundles/1/download/";
export const SMALL_PATH = "/api/latest/views/";
const SMALL_BODY = '[{"id":1,"name":"home","path":"/home","policy_id":1,"protocols":["NFS"]}]';
const READY_TIMEOUT_MS_MAX = 10_000;

export const nginxVersion = (): string | null => /nginx\/\S+/.exec(spawnSync("nginx", ["-v"], { encoding: "utf8" }).stderr ?? "")?.[0] ?? null;

/** A worker that changes its user could not read what is here. */
const user = process.getuid?.() === 0 ? "user root; " : "";
const head = (dir: string): string => `${user}worker_processes 1; daemon off; pid ${dir}/pid; error_log ${dir}/error.log; events { worker_connections 256; }
http { access_log off; sendfile on; keepalive_requests 1000000; client_body_temp_path ${dir}/b; proxy_temp_path ${dir}/p; fastcgi_temp_path ${dir}/f; uwsgi_temp_path ${dir}/u; scgi_temp_path ${dir}/s;`;

export interface RunningNginx {
  readonly pid: number;
  close(): Promise<void>;
}

async function start(dir: string, conf: string, port: number): Promise<RunningNginx> {
  mkdirSync(dir, { recursive: true });
  writeFileSync(join(dir, "nginx.conf"), conf);
  const child = spawn("nginx", ["-c", join(dir, "nginx.conf"), "-p", dir, "-e", join(dir, "error.log")], { stdio: "ignore" });
  await answers(port, child);
  return {
    pid: child.pid ?? 0,
    close: async () => {
      child.kill("SIGTERM");
      if (child.exitCode === null) await once(child, "exit");
    },
  };
}

async function answers(port: number, child: ChildProcess): Promise<void> {
  const until = performance.now() + READY_TIMEOUT_MS_MAX;
  while (performance.now() < until) {
    if (child.exitCode !== null) throw new Error("nginx ended at once: look at error.log in its directory");
    const isThere = await new Promise<boolean>((resolve) => {
      request({ host: "127.0.0.1", port, path: "/" }, (answer) => resolve((answer.resume(), true))).on("error", () => resolve(false)).end();
    });
    if (isThere) return;
  }
  throw new Error(`nginx did not answer on port ${port} within ${READY_TIMEOUT_MS_MAX} ms`);
}

export function startStatic(dir: string, port: number): Promise<RunningNginx> {
  mkdirSync(dir, { recursive: true });
  writeFileSync(join(dir, "file"), "");
  // Without blocks on the disk: what is measured is the way, not the disk.
  truncateSync(join(dir, "file"), STREAM_BYTES);
  return start(dir, `${head(dir)} server { listen 127.0.0.1:${port};
  location = ${STREAM_PATH} { default_type application/octet-stream; root ${dir}; try_files /file =404; }
  location = ${SMALL_PATH} { default_type application/json; return 200 '${SMALL_BODY}'; } } }`, port);
}

export function startProxy(dir: string, port: number, upstreamPort: number, pem: { readonly keyPem: string; readonly certificatePem: string }): Promise<RunningNginx> {
  mkdirSync(dir, { recursive: true });
  writeFileSync(join(dir, "key.pem"), pem.keyPem, { mode: 0o600 });
  writeFileSync(join(dir, "cert.pem"), pem.certificatePem);
  // Nothing goes to a temporary file, and connections to the upstream are kept: as fast as it is meant to be.
  return start(dir, `${head(dir)} upstream files { server 127.0.0.1:${upstreamPort}; keepalive 32; }
  server { listen 127.0.0.1:${port} ssl; ssl_certificate ${dir}/cert.pem; ssl_certificate_key ${dir}/key.pem;
  location / { proxy_pass http://files; proxy_http_version 1.1; proxy_set_header Connection ""; proxy_max_temp_file_size 0; } } }`, port);
}
