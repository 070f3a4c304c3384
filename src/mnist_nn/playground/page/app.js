/**
 * Where the page begins: the rooms there are, in the order of their tabs. A room is loaded when it is first opened.
 */

import { start } from "./ui/app.js";

/** @type {import("./ui/app.js").Rooms} */
const rooms = {
  draw: () => import("./rooms/draw/index.js"),
  microscope: () => import("./rooms/microscope/index.js"),
  train: () => import("./rooms/train/index.js"),
  race: () => import("./rooms/race/index.js"),
  history: () => import("./rooms/history/index.js"),
};

await start(document.body, rooms);
