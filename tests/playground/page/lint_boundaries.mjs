// What eslint says of one line of code in one file of the page: node lint_boundaries.mjs CASES, a JSON list of pairs.
import { ESLint } from "eslint";

const eslint = new ESLint({ cwd: new URL("../../../", import.meta.url).pathname });
const found = [];
for (const [filePath, code] of JSON.parse(process.argv[2])) {
  const [{ messages }] = await eslint.lintText(`${code}\n`, { filePath });
  found.push(messages.map(({ ruleId }) => ruleId));
}
console.log(JSON.stringify(found));
