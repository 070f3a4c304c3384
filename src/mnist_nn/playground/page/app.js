/**
 * Where the page begins.
 */

import { start } from "./ui/app.js";

await start(document.body);
