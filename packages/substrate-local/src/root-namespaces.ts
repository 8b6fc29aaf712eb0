// Rung a: the namespaces are root's, named in the machine's own /run/netns.
import { makeNamespaceRung } from "./namespace-rung.ts";
import type { Rung } from "./rung.ts";

export const rootNamespaces: Rung = makeNamespaceRung({
  letter: "a",
  ensure: async () => {},
  remove: async () => {},
  enter: () => [],
  namespaceDir: () => "/run/netns",
});
