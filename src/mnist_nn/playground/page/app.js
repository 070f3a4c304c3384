/**
 * Where the page begins: the rooms there are, in the order of their tabs. A room is loaded when it is first opened.
 */

import { lessons } from "./lessons/index.js";
import * as lessonStrings from "./lessons/strings.js";
import { tasks } from "./lessons/tasks.js";
import * as taskStrings from "./lessons/task-strings.js";
import { start } from "./ui/app.js";
import { addStrings } from "./ui/text.js";

/** @type {import("./ui/app.js").Rooms} */
const rooms = {
  draw: () => import("./rooms/draw/index.js"),
  microscope: () => import("./rooms/microscope/index.js"),
  train: () => import("./rooms/train/index.js"),
  race: () => import("./rooms/race/index.js"),
  history: () => import("./rooms/history/index.js"),
  words: () => import("./rooms/words/index.js"),
};

addStrings(lessonStrings);
addStrings(taskStrings);
await start(document.body, rooms, lessons, tasks);
