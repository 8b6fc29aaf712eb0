import tseslint from "typescript-eslint";

// Structure (imports, sizes, purity) is checked by tools/tidy; this file is about language use.
export default tseslint.config(
  { ignores: ["**/node_modules/**", "**/dist/**", "**/__generated__/**", ".cynosure/**", "spec/**"] },
  { linterOptions: { reportUnusedDisableDirectives: "error" } },
  {
    files: ["**/*.ts", "**/*.tsx"],
    extends: [...tseslint.configs.recommended],
    languageOptions: { parserOptions: { projectService: true } },
    rules: {
      "@typescript-eslint/no-explicit-any": "error",
      "@typescript-eslint/no-floating-promises": "error",
      "@typescript-eslint/no-misused-promises": "error",
      "@typescript-eslint/switch-exhaustiveness-check": ["error", { considerDefaultExhaustiveForUnions: true }],
      "@typescript-eslint/consistent-type-imports": "error",
      "@typescript-eslint/no-unused-vars": ["error", { argsIgnorePattern: "^_" }],
      "no-restricted-exports": ["error", { restrictDefaultExports: { direct: true } }],
      eqeqeq: "error",
    },
  },
  // Runs in a browser, though its tests and its build run in Node.
  { files: ["apps/portal/src/**/*"], ignores: ["**/*.test.ts"], rules: { "no-restricted-globals": ["error", "process", "Buffer", "__dirname", "require"], "no-restricted-imports": ["error", { patterns: ["node:*"] }] } },
  { files: ["**/*.config.ts"], rules: { "no-restricted-exports": "off" } },
);
