// The store as one executor may use it: once its lease is lost every call is refused before it leaves the
// process, so that a step which comes back late writes nothing. What a process does that does not know of
// its loss is refused by the database and the ports (docs/architecture/two-control-planes.md).
import { ControlPlaneError } from "@cynosure/model";
import type { Store } from "@cynosure/resource-store";

export function fenceStore(store: Store, isLeaseHeld: () => boolean): Store {
  return fence(store, isLeaseHeld);
}

function fence<T extends object>(part: T, isLeaseHeld: () => boolean): T {
  return new Proxy(part, {
    get(target, key) {
      const value: unknown = Reflect.get(target, key, target);
      if (typeof value === "function") {
        return (...values: unknown[]): unknown => {
          if (!isLeaseHeld()) throw new ControlPlaneError("ServiceUnavailable", "This executor has lost its lease: another one does its work. Nothing was written.");
          return Reflect.apply(value, target, values);
        };
      }
      return typeof value === "object" && value !== null ? fence(value, isLeaseHeld) : value;
    },
  });
}
