import { expect, it } from "vitest";
import type { ControlPlaneHandle } from "./control-plane-process.ts";
import { keepControlPlane, STARTS_MAX } from "./keep-control-plane.ts";

interface Life {
  readonly handle: ControlPlaneHandle;
  end(): void;
}

function aLife(pid: number): Life {
  const { promise, resolve } = Promise.withResolvers<void>();
  // Only what the keeper looks at: the rest of a handle needs a real process.
  const handle = { record: { url: "https://127.0.0.1:1" }, process: { pid, startTicks: 1, bootId: "b" }, isAdopted: false, ended: promise, stop: () => Promise.resolve() } as unknown as ControlPlaneHandle;
  return { handle, end: resolve };
}

function aUser(nowMs: () => number = () => 0) {
  const lives = [aLife(1)];
  const notes: string[] = [];
  const gone = Promise.withResolvers<void>();
  const started: number[] = [];
  const kept = keepControlPlane({
    first: lives[0]!.handle,
    async start() {
      const life = aLife(lives.length + 1);
      lives.push(life);
      return life.handle;
    },
    untilAborted: gone.promise,
    nowMs,
    note: (line) => notes.push(line),
    onStarted: (handle) => started.push(handle.process.pid),
  });
  return { lives, notes, started, kept, goAway: () => gone.resolve() };
}

it("starts a control plane again that ended without being asked, and ends when the user goes", async () => {
  const user = aUser();
  user.lives[0]!.end();
  await expect.poll(() => user.started).toEqual([2]);
  user.lives[1]!.end();
  await expect.poll(() => user.started).toEqual([2, 3]);
  user.goAway();
  await user.kept;
  expect(user.notes.filter((line) => line.includes("ended unexpectedly"))).toHaveLength(2);
});

it("gives up on one that ends again and again, and says where to look", async () => {
  const user = aUser();
  const outcome = expect(user.kept).rejects.toThrow(/ended 6 times within 10 minutes.*control-plane\.log/);
  for (let turn = 0; turn <= STARTS_MAX; turn += 1) {
    await expect.poll(() => user.lives.length).toBe(turn + 1);
    user.lives[turn]!.end();
  }
  await outcome;
  expect(user.started).toHaveLength(STARTS_MAX);
});

it("forgets ends that lie long back", async () => {
  let now = 0;
  const user = aUser(() => (now += 11 * 60_000));
  for (let turn = 0; turn < 2 * STARTS_MAX; turn += 1) {
    await expect.poll(() => user.lives.length).toBe(turn + 1);
    user.lives[turn]!.end();
  }
  await expect.poll(() => user.started.length).toBe(2 * STARTS_MAX);
  user.goAway();
  await user.kept;
});
