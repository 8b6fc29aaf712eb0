// What tests of sizing start from: a small catalogue that can be computed by hand. Not imported by the product.
export * from "./sample-catalogue.ts";
