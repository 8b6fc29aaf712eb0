// What a session is to principals of other issuers, and what is written down of its use: over the store in memory.
import { createMemoryDatabase, openMemoryStore } from "@cynosure/resource-store/testkit/memory";
import { describe, expect, it } from "vitest";
import { FOREIGN_SESSION_MS_MAX, SESSION_MS_MAX, createPortalSessions } from "./portal-sessions.ts";

const OURS = { id: "ours", type: "User", displayName: "Ada", tenantId: "tenant" } as const;
const THEIRS = { id: "theirs", type: "User", displayName: "Bea", tenantId: "tenant", groups: ["storage-team"] } as const;

function open() {
  const clock = { nowMs: 0, now: () => clock.nowMs, sleep: () => Promise.resolve() };
  const store = openMemoryStore(createMemoryDatabase({ clock }));
  const sessions = createPortalSessions({ store, clock, isLiving: (id) => Promise.resolve(id === OURS.id) });
  const signIn = async (principal: typeof OURS | typeof THEIRS): Promise<string> => (await sessions.redeem((await sessions.mintCode(principal, "c")).code, "c"))?.secret ?? "";
  return { clock, store, sessions, signIn };
}

describe("a session of a principal of another issuer", () => {
  it("has its groups, and lasts no longer than a token, since nobody here hears of its end", async () => {
    const { sessions, signIn, clock } = open();
    const [theirs, ours] = [await signIn(THEIRS), await signIn(OURS)];
    expect(await sessions.resolve(theirs)).toMatchObject({ principal: THEIRS, session: { expiresAtMs: FOREIGN_SESSION_MS_MAX } });
    expect(await sessions.resolve(ours)).toMatchObject({ principal: OURS, session: { expiresAtMs: SESSION_MS_MAX } });
    clock.nowMs = FOREIGN_SESSION_MS_MAX - 1_000;
    for (const secret of [theirs, ours]) await sessions.resolve(secret);
    clock.nowMs = FOREIGN_SESSION_MS_MAX;
    await expect(sessions.resolve(theirs)).rejects.toMatchObject({ code: "ExpiredAuthenticationToken" });
    await sessions.resolve(ours);
  });
});

describe("an answer that goes on", () => {
  it("knows when the session it was asked by has ended, and does not keep it alive", async () => {
    const { sessions, signIn, clock } = open();
    const [secret, idle] = [await signIn(OURS), await signIn(OURS)];
    const [caller, other] = [await sessions.resolve(secret), await sessions.resolve(idle)];
    expect(await caller.isStillValid?.()).toBe(true);
    await sessions.end(secret, "c");
    expect([await caller.isStillValid?.(), await other.isStillValid?.()]).toEqual([false, true]);
    clock.nowMs = 3_000_000;
    expect(await other.isStillValid?.()).toBe(true);
    clock.nowMs = 3_600_000;
    expect(await other.isStillValid?.()).toBe(false);
  });
});
