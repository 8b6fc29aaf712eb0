// What each rule says, by its id and in the order in which they are asked. The page docs/reference/projection.md is
// made of this; which operations a rule placed is computed, never written down.

export const RULE_BOOK: Readonly<Record<string, string>> = {
  G01: "Signing in and out, by the engine's list: at the native gateway alone, since Cynosure has signed the caller in.",
  N01: "An action that the engine's data names itself.",
  K01: "Identity in the body or the query, by the engine's key table: a type whose names are made of the key's parts. `show` reads, `delete` and `remove` delete, other words below it are actions.",
  R03: "Read and changed (PATCH or PUT) at one path that is no collection: a setting, with the name `default`.",
  R01: "A path that ends in a parameter: an item; GET reads, PATCH updates, PUT replaces, DELETE deletes.",
  R02: "A path that a parameter follows: a collection; GET lists, POST creates.",
  R04: "A list at the root whose members have an `id`: a type that can only be listed.",
  R05: "GET of anything else below an item: a question, POST action of the item.",
  R06: "Any other method below an item: an order, POST action of the item.",
  R07: "GET of anything else below a collection: a question, POST action of the collection.",
  R08: "Any other method below a collection: an order, POST action of the collection.",
  R09: "GET of anything else: a question, POST action of the cluster, with the engine's name in front.",
  R10: "Any other method of anything else: an order, POST action of the cluster, with the engine's name in front.",
  R99: "Last resort: an action named after its method alone. `cynosure parity` fails when one is left.",
  R00: "No rule spoke: unmapped. `cynosure parity` fails when one is left.",
};
