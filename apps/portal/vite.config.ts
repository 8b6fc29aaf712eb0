// Builds the portal to dist/: hashed assets, one chunk per page, no inline script or style but with the nonce that
// the server puts in when it serves index.html.
import { defineConfig } from "vite";

/** What the control plane replaces in index.html, anew for each answer. */
const CSP_NONCE_PLACEHOLDER = "__CSP_NONCE__";

export default defineConfig({
  root: import.meta.dirname,
  base: "/portal/",
  html: { cspNonce: CSP_NONCE_PLACEHOLDER },
  build: {
    target: "es2022",
    // Nothing inline: data: URLs of scripts and fonts are outside the policy.
    assetsInlineLimit: 0,
    // One file of each kind loads anyway; the polyfill would be an inline script.
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 700,
    reportCompressedSize: false,
    rolldownOptions: {
      // Fluent marks its files for server components; a bundle has no use for the mark.
      onLog: (level, log, report) => {
        if (log.code !== "MODULE_LEVEL_DIRECTIVE") report(level, log);
      },
    },
  },
});
