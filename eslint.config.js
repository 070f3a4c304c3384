// What the checker of the playground's JavaScript asks for: the recommended rules, and a few that keep it plain.
import js from "@eslint/js";
import globals from "globals";

export default [
  { ignores: ["**/vendor/**", "node_modules/", "build/", "dist/", ".venv/", "docs/"] },
  js.configs.recommended,
  {
    files: ["**/*.js", "**/*.mjs"],
    linterOptions: { reportUnusedDisableDirectives: "error" },
    rules: {
      eqeqeq: "error",
      "no-var": "error",
      "prefer-const": "error",
      "no-shadow": "error",
      "max-len": ["error", { code: 120 }],
      "max-lines": ["error", { max: 400 }],
      "max-lines-per-function": ["error", { max: 50, skipComments: true }],
      "no-unused-vars": ["error", { argsIgnorePattern: "^_" }],
    },
  },
  // The mathematics knows nothing of the page: it runs the same in a page, in a worker and in node.
  { files: ["src/mnist_nn/playground/page/core/**"], languageOptions: { globals: globals["shared-node-browser"] } },
  {
    files: ["src/mnist_nn/playground/page/**", "src/mnist_nn/export/html/page/**"],
    ignores: ["src/mnist_nn/playground/page/core/**"],
    languageOptions: { globals: globals.browser },
  },
  { files: ["tests/playground/page/**", "eslint.config.js"], languageOptions: { globals: globals.node } },
  { files: ["tests/playground/page/**"], rules: { "max-lines-per-function": "off" } },
];
