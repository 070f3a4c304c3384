/**
 * Where the page begins: the rooms there are, in the order of their tabs. Rooms, lessons and tasks are loaded when they
 * are first wanted.
 */

import { languages } from "./languages/index.js";
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

const loadLessons = async () => {
  const [{ lessons }, strings] = await Promise.all([import("./lessons/index.js"), import("./lessons/strings.js")]);
  addStrings(strings);
  return lessons;
};

const loadTasks = async () => {
  const [{ tasks }, strings] = await Promise.all([import("./lessons/tasks.js"), import("./lessons/task-strings.js")]);
  addStrings(strings);
  return tasks;
};

await start(document.body, rooms, languages, { loadLessons, loadTasks });
