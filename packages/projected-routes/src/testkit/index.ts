// What tests of this and other rooms need where no engine is.
export { fakeNativeApis, type FakeNativeApis } from "./fake-native-apis.ts";
export { parityToWire } from "../parity-to-wire.ts";
export { fakeProjectedTypes, type FakeProjectedTypes } from "./fake-projected-types.ts";
