// Where this host lies when it runs in place on the machine, as its substrate says in the environment; null
// for a host with a file system of its own. Read once: a place does not change under a living agent.
import { HOST_PLACE_VARIABLE, parseHostPlace } from "@cynosure/model";

export const ownPlace = parseHostPlace(process.env[HOST_PLACE_VARIABLE]);
