// What the checker of the playground's JavaScript asks for: the recommended rules, and a few that keep it plain.
import js from "@eslint/js";
import globals from "globals";

const PAGE = "src/mnist_nn/playground/page";

/**
 * What the modules of some folders may import, as the beginning of a path; all else is an error. Later they may load
 * parts of their own folder alone: app.js alone knows which rooms there are.
 */
function mayImport(folders, allowed, why) {
  const patterns = [{ regex: `^(?!${allowed})`, message: why }];
  const later = {
    selector: "ImportExpression:not([source.value=/^\\.\\u002F[\\w-]+\\.js$/])",
    message: "Load later only what lies in the same folder; app.js alone loads rooms later.",
  };
  return {
    files: folders.map((folder) => `${folder}/**/*.js`),
    rules: { "no-restricted-imports": ["error", { patterns }], "no-restricted-syntax": ["error", later] },
  };
}

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
  mayImport([`${PAGE}/core`], "\\./", "The mathematics imports nothing but itself."),
  mayImport([`${PAGE}/worker`], "\\./|\\.\\./core/", "The training worker imports core alone."),
  mayImport([`${PAGE}/ui`], "\\./|(\\.\\./)+(core|worker|vendor)/|\\.\\./[\\w-]+\\.js$",
    "What rooms share knows no room."),
  mayImport([`${PAGE}/rooms`], "\\./|\\.\\./\\.\\./(core|ui|worker)/",
    "A room imports no other room; share through ui."),
  mayImport(["src/mnist_nn/export/html/page"], "\\./|(\\.\\./){3}playground/page/(core|ui)/",
    "The exported page takes core and ui of the playground, no room."),
  // The mathematics knows nothing of the page: it runs the same in a page, in a worker and in node.
  { files: [`${PAGE}/core/**`], languageOptions: { globals: globals["shared-node-browser"] } },
  {
    files: [`${PAGE}/**`, "src/mnist_nn/export/html/page/**"],
    ignores: [`${PAGE}/core/**`],
    languageOptions: { globals: globals.browser },
  },
  { files: ["tests/playground/page/**", "eslint.config.js"], languageOptions: { globals: globals.node } },
  { files: ["tests/playground/page/**"], rules: { "max-lines-per-function": "off" } },
  { files: [`${PAGE}/core/rules.js`], rules: { "max-len": "off" } }, // generated
  { files: [`${PAGE}/languages/*.js`], rules: { "max-len": "off", "max-lines": "off" } }, // a text a line
];
