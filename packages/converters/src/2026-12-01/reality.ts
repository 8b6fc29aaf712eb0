// How real what is shown is: said with every result, so that nobody takes a model or a stand-in for the thing.

export interface Reality {
  /** Hosts or engine are made up by a model. */
  readonly isSimulated: boolean;
  /** The engine speaks to a server that stands in for the vendor's. */
  readonly isEmulated: boolean;
}

export const realityToWire = ({ isSimulated, isEmulated }: Reality): { isSimulated: boolean; isEmulated?: boolean } => ({ isSimulated, ...(isEmulated ? { isEmulated } : {}) });
