// The word in front of every result that is not of a real cluster. Pure.

/** As the ARM API answers it. */
export interface Reality {
  readonly isSimulated?: boolean | undefined;
  readonly isEmulated?: boolean | undefined;
}

/** Emulated says more: the engine's own API is spoken, to a server that stands in for the vendor's. */
export const realityWord = ({ isSimulated, isEmulated }: Reality): string => (isEmulated === true ? "EMULATED" : isSimulated === true ? "SIMULATED" : "");

/** With a space after it, where there is one. */
export const realityMark = (reality: Reality): string => {
  const word = realityWord(reality);
  return word === "" ? "" : `${word} `;
};

/** No data is behind it: nothing can be verified or mounted. */
export const storesNothing = ({ isSimulated, isEmulated }: Reality): boolean => isSimulated === true || isEmulated === true;
