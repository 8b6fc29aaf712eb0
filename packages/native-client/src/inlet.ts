// Where the bytes of a connection arrive: in a buffer that is used again, not in a new one for each piece. The HTTP parser is fed from
// it and copies what it keeps; the rest of a body can be taken off before it, by whoever says where the bytes shall go.
import { Buffer } from "node:buffer";
import type http from "node:http";
import type { Duplex } from "node:stream";

const BUFFER_BYTES = 64 * 1024;

/** Takes bytes off a connection in place of its HTTP parser. */
export interface Intake {
  /** Where the next bytes go. */
  room(): Uint8Array;
  /** What came, at the beginning of some earlier `room`; false: no more for now, the connection is to be paused until somebody resumes it. */
  arrived(bytes: Uint8Array): boolean;
}

export class Inlet {
  readonly #buffer = Buffer.allocUnsafeSlow(BUFFER_BYTES);
  #connection: Duplex | null = null;
  #intake: Intake | null = null;

  readonly onread = {
    buffer: (): Uint8Array => this.#intake?.room() ?? this.#buffer,
    callback: (count: number, buffer: Uint8Array): boolean => {
      const bytes = buffer.subarray(0, count);
      if (this.#intake !== null) return this.#intake.arrived(bytes);
      this.#connection?.emit("data", bytes);
      return true;
    },
  };

  attach(connection: Duplex): void {
    this.#connection = connection;
    inlets.set(connection, this);
  }

  /** From now on: there is no way back to the parser. */
  divert(intake: Intake): void {
    this.#intake = intake;
  }
}

const inlets = new WeakMap<Duplex, Inlet>();

export const inletOf = (connection: Duplex): Inlet | undefined => inlets.get(connection);

/** Connections of this agent have an inlet each. */
export function withInlets<A extends http.Agent>(agent: A): A {
  const connect = agent.createConnection.bind(agent);
  agent.createConnection = (options, done) => {
    const inlet = new Inlet();
    const withInlet = { ...options, onread: inlet.onread }; // `onread` is an option of net.connect and tls.connect, which are given all options
    const connection = connect(withInlet, done);
    if (connection !== null && connection !== undefined) inlet.attach(connection);
    return connection;
  };
  return agent;
}
