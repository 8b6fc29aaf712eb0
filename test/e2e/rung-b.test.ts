// Rung b, real Ceph in a user namespace: for an ordinary user without an account, in a directory that is theirs
// alone, and for a root without the capabilities rung a needs; and what is chosen where not even that is allowed.
import { spawnSync } from "node:child_process";
import { chownSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, it } from "vitest";
import { findTool, isNothingLeft } from "@cynosure/machine";
import { describeWhen } from "../require.ts";
import { makeCheckout } from "./support/checkout.ts";
import { createHome, lastJson, missingForCeph, nodeOf } from "./support/cynosure.ts";
import { CLUSTER, endHome, processesOf, uidOf, writeSmallRequirement } from "./support/small-cluster.ts";

/** Of no account on any machine this runs on: what asks for a user's name gets none. */
const UID = 24_242;
const asUser = ["setpriv", `--reuid=${UID}`, `--regid=${UID}`, "--clear-groups", "--inh-caps=-all"];
/** What an unprivileged container leaves its root. */
const KEPT = "chown,dac_override,fowner,fsetid,kill,setgid,setuid,setpcap,net_bind_service,net_raw,sys_chroot,mknod,audit_write,setfcap";
/** The full list of this kernel minus those, so that nothing that could make a namespace is left. */
const droppedScript = `
  kept=",$KEPT,"; dropped=
  for cap in $(capsh --print | sed -n 's/^Bounding set =//p' | tr , ' '); do
    case "$kept" in *",\${cap#cap_},"*) ;; *) dropped="$dropped,$cap";; esac
  done
  line=; for word in "$@"; do line="$line '$word'"; done
  exec capsh --drop="\${dropped#,}" -- -c "exec $line"`;
const asContainerRoot = ["env", `KEPT=${KEPT}`, "sh", "-ec", droppedScript, "container"];
/** User namespaces are refused inside one of our own, which leaves the machine's setting alone; the rest runs there without capabilities. */
const withoutUserNamespaces = [
  ...["unshare", "--user", "--map-user=65534", "--map-group=65534", "--keep-caps", "sh", "-ec"],
  ...['echo 0 >/proc/sys/user/max_user_namespaces; exec setpriv --ambient-caps=-all --inh-caps=-all --bounding-set=-all "$@"', "refused"],
];

function missingForUsers(): string | null {
  const tools = ["setpriv", "capsh", "git"].filter((tool) => findTool(tool) === null);
  if (tools.length > 0) return `needs ${tools.join(" and ")}`;
  const trial = spawnSync("setpriv", [...asUser.slice(1), "unshare", "--user", "--map-root-user", "--net", "true"]);
  return trial.status === 0 ? null : `this kernel refuses user namespaces to ordinary users: ${trial.stderr.toString().trim()}`;
}

describeWhen(missingForCeph() ?? missingForUsers(), "rung b on real Ceph", () => {
  it("is delivered and verified for a user without an account from a closed directory, keeps its data over a stop, and goes without a trace", async () => {
    const checkout = await makeCheckout({ uid: UID, umask: "022" });
    const runtime = mkdtempSync("/run/cynosure-e2e-");
    chownSync(runtime, UID, UID);
    const env = { HOME: checkout.parent, PATH: `${dirname(nodeOf(checkout.dir))}:/usr/bin:/bin`, CYNOSURE_IMAGE_CACHE: checkout.imageCache };
    const home = createHome({ checkout: checkout.dir, dir: join(checkout.dir, ".cynosure"), enter: asUser, env });
    try {
      const up = ["up", "--yes", "--requirement", writeSmallRequirement(join(checkout.parent, "requirements"))];
      const first = home.start(up);
      await first.untilSays("Ready. Ctrl-C stops everything");
      const uids = new Set(processesOf(home).map((found) => uidOf(found.pid)));
      expect([...uids].filter((uid) => uid !== null), "every process is the user's").toEqual([UID]);
      first.child.kill("SIGINT");
      const end = await first.ended;
      expect(end.code, end.stdout + end.stderr).toBe(0);
      expect(end.stdout).toMatch(/Rung b: .*\n +not a: named network namespaces need root, and this is an ordinary user/);
      expect(end.stdout).toMatch(/file on home: .* read through nfs-2 .*: SHA-256 equal/);
      expect(end.stdout).toMatch(/object in results: .* read through s3-2 .*: SHA-256 equal/);
      expect(isNothingLeft(home.leftovers())).toBe(true);
      expect(readdirSync(`/tmp/cynosure-${UID}/cynosure`)).toEqual([]);

      // Another session of the same user: its sockets lie below /run this time.
      const again = home.start(up, { XDG_RUNTIME_DIR: runtime });
      await again.untilSays("Ready. Ctrl-C stops everything");
      expect(readdirSync(join(runtime, "cynosure"))).toEqual([home.record().installationId]);
      const deleted = await home.run(["cluster", "delete", CLUSTER, "--json"]);
      expect(deleted.code, deleted.stderr).toBe(0);
      again.child.kill("SIGINT");
      const last = await again.ended;
      expect(last.code, last.stdout + last.stderr).toBe(0);
      expect(last.stdout).toMatch(/file on home: 8 MiB written by an earlier run, read through nfs-2 .*: SHA-256 equal/);
      expect(last.stdout).toMatch(/object in results: 8 MiB written by an earlier run, read through s3-2 .*: SHA-256 equal/);
      expect(readdirSync(join(checkout.dir, ".cynosure", "hosts"))).toEqual([]);
      expect(readdirSync(join(runtime, "cynosure"))).toEqual([]);
      const doctor = lastJson(await home.run(["doctor", "--json"]));
      expect(doctor).toMatchObject({ rung: "b", leftovers: [] });
    } finally {
      await endHome(home);
      checkout.remove();
      for (const dir of [runtime, `/tmp/cynosure-${UID}`]) rmSync(dir, { recursive: true, force: true });
    }
  });

  it("is chosen by root too where root may not make namespaces, with the reason", async () => {
    const home = createHome({ enter: asContainerRoot });
    try {
      const end = await home.run(["up", "--yes", "--exit-when-ready", "--json", "--requirement", writeSmallRequirement(home.dir)]);
      expect(end.code, end.stderr).toBe(0);
      expect(end.stderr).toMatch(/Rung b: .*\n +not a: this root may not make namespaces .*Operation not permitted/);
      expect(lastJson(end)).toMatchObject({ ready: true, engine: "ceph", rung: "b", hosts: 3, verified: { nfs: true, s3: true } });
      expect(isNothingLeft(home.leftovers())).toBe(true);
    } finally {
      await endHome(home);
    }
  });

  it("gives way to the next rung where user namespaces are refused too, naming the setting that does it", async () => {
    const home = createHome({ enter: withoutUserNamespaces });
    try {
      const end = await home.run(["prepare", "--yes", "--json"]);
      expect(end.code, end.stderr).toBe(0);
      expect(end.stderr).toMatch(/Rung [cd]: /);
      expect(end.stderr).toMatch(/not a: named network namespaces need root/);
      expect(end.stderr).toMatch(/not b: the kernel refuses an unprivileged user namespace: .*\(user\.max_user_namespaces=0\)/);
      expect(lastJson(end)["rung"]).toMatch(/^[cd]$/);
      expect(isNothingLeft(home.leftovers())).toBe(true);
    } finally {
      await endHome(home);
    }
  });
});
