/**
 * The frame: tabs, theme, models and data, and the room that is open.
 *
 * A room is a module rooms/<name>/index.js with its text and `mount(root, app)`. It hears of a new address through
 * `update` and of everything else through `app.on`. Which rooms there are, the caller says.
 */

import { fetchBytes, loadSamples } from "../core/data.js";
import { DataError } from "../core/errors.js";
import { followQuestions } from "./explain/explain.js";
import { buildFrame } from "./frame.js";
import { buildGuide } from "./guide/guide.js";
import { askOnce } from "./later.js";
import { openModels } from "./models.js";
import { buildShare } from "./share/share.js";
import * as state from "./state.js";
import { addStrings, chooseLanguage, explain, speak, text } from "./text.js";
import { currentTheme } from "./theme.js";

/** @typedef {import("../core/activations.js").Floats} Floats */
/** @typedef {import("../core/modelfile.js").Model} Model */
/** @typedef {import("../core/data.js").Samples} Samples */
/** @typedef {{update(params: URLSearchParams): void, unmount(): void}} Room */
/** @typedef {{mount(root: HTMLElement, app: App): Room, strings: import("./text.js").Strings}} RoomModule */
/** @typedef {Readonly<Record<string, () => Promise<RoomModule>>>} Rooms what loads each room, by name */
/**
 * An epoch of a recorded run, with the weights at its end.
 * @typedef {{epoch: number, loss: number, accuracy: number, validationAccuracy?: number, rate: number,
 *   weights: Floats[], biases: Floats[]}} RecordedEpoch
 */
/**
 * A training that can be looked at again, from the page or from the library.
 * @typedef {{id: string, name: string, training: Record<string, any>, config: Record<string, any>,
 *   epochs: RecordedEpoch[]}} RecordedRun
 */
/**
 * What is served beside the page: its version, the models, and runs that were recorded.
 * @typedef {{version: string, models: {id: string, url: string}[], rooms: Record<string, string>,
 *   runs: {name: string, url: string}[]}} Manifest
 */
/** @typedef {"model" | "theme" | "runs"} Topic */
/**
 * What a room can use.
 * @typedef {object} App
 * @property {Model} model the network in use, with its header
 * @property {string} modelId its name in addresses
 * @property {string} modelName what it is called
 * @property {(model: Model, name: string) => void} setModel use another one from now on
 * @property {Manifest} manifest
 * @property {() => Promise<Samples>} test the 10,000 test images
 * @property {() => Promise<Samples>} training the 60,000 training images
 * @property {(topic: Topic, listener: () => void) => () => void} on returns what ends it
 * @property {(room: string, params?: Record<string, string | number | null | undefined>) => void} navigate
 * @property {typeof text} text
 * @property {(message: string) => void} announce tell screen readers, politely
 * @property {boolean} reducedMotion
 * @property {"light" | "dark"} theme
 * @property {{list(): RecordedRun[], add(run: RecordedRun): void}} runs
 */

/**
 * Build the page and open the room that the address names, or the first.
 * @param {HTMLElement} body
 * @param {Rooms} rooms
 * @param {import("./text.js").Languages} languages
 * @param {{loadLessons: () => Promise<import("./guide/guide.js").Lesson[]>,
 *   loadTasks: () => Promise<import("./share/task-form.js").Task[]>}} later tasks are those that teachers can set
 */
export async function start(body, rooms, languages, { loadLessons, loadTasks }) {
  const tag = chooseLanguage(languages, state.read().params.get("lang"));
  const spoken = await speak(languages, tag).then(() => true, () => false);
  const listeners = buildTopics();
  const share = buildShare(loadTasks);
  const guide = buildGuide(body, loadLessons, share.openTasks);
  const frame = buildFrame(body, Object.keys(rooms), { languages, lessons: guide.menu, share: share.element },
    () => listeners.tell("theme"));
  followQuestions(body);
  const open = async () => {
    try {
      const manifest = await loadManifest();
      const models = openModels(manifest, () => listeners.tell("model"));
      const app = buildApp(manifest, models, listeners, frame);
      frame.connect(models, app);
      const wanted = state.read().params.get("model");
      guide.follow();
      await follow(rooms, frame, models, app);
      if (!spoken) frame.say(text("app.language.failed", languages[tag].name), () => location.reload());
      if (wanted && models.loaded && !models.has(wanted)) {
        frame.say(text("model.gone", wanted.replace(/^own:/, ""), models.current.name));
      }
    } catch (error) {
      frame.fail(text("app.failed", explain(error)), open);
    }
  };
  await open();
}

/** @returns {Promise<Manifest>} */
const loadManifest = async () => JSON.parse(new TextDecoder().decode(await fetchBytes("data/manifest.json")));

/**
 * @param {Manifest} manifest
 * @param {import("./models.js").Models} models
 * @param {ReturnType<typeof buildTopics>} listeners
 * @param {import("./frame.js").Frame} frame
 * @returns {App}
 */
function buildApp(manifest, models, listeners, frame) {
  const motion = matchMedia("(prefers-reduced-motion: reduce)");
  /** @type {RecordedRun[]} */
  const recorded = [];
  return {
    get model() {
      return models.current.model;
    },
    get modelId() {
      return models.current.id;
    },
    get modelName() {
      return models.current.name;
    },
    setModel: (model, name) => {
      models.add(model, name);
      state.put("model", models.current.id);
    },
    manifest,
    test: askOnce(() => loadSamples("data/test-images.gz", "data/test-labels.gz")),
    training: askOnce(() => loadSamples("data/train-images.gz", "data/train-labels.gz")),
    on: listeners.on,
    navigate: (room, params) => state.go(room, params),
    text,
    announce: frame.announce,
    get reducedMotion() {
      return motion.matches;
    },
    get theme() {
      return currentTheme();
    },
    runs: {
      list: () => [...recorded],
      add: (run) => {
        recorded.push(run);
        listeners.tell("runs");
      },
    },
  };
}

/**
 * Open the room of the address, now and whenever it changes.
 * @param {Rooms} rooms
 * @param {import("./frame.js").Frame} frame
 * @param {import("./models.js").Models} models
 * @param {App} app
 */
async function follow(rooms, frame, models, app) {
  /** @type {{name: string, room: Room | null}} */
  let open = { name: "", room: null };
  let latest = "";
  const find = () => {
    const { room, params } = state.read();
    return { name: Object.hasOwn(rooms, room) ? room : Object.keys(rooms)[0], params };
  };
  const show = async () => {
    const { name, params } = find();
    if (open.name === name) {
      const here = (latest = location.hash);
      await models.enter(name, params.get("model"));
      if (here === latest) open.room?.update(params);
      return;
    }
    open.room?.unmount();
    open = { name, room: null };
    const current = open;
    frame.select(name);
    const stage = frame.stage(name);
    await models.enter(name, params.get("model"));
    if (current !== open) return;
    const room = await mount(stage, rooms[name], app);
    if (current !== open) room.unmount();
    else (current.room = room).update(state.read().params);
  };
  const anew = () => {
    open.room?.unmount();
    open = { name: "", room: null };
    return tryToShow();
  };
  const tryToShow = async () => {
    try {
      await show();
    } catch (error) {
      if (open.name === find().name) frame.fail(text("app.failed", explain(error)), anew);
    }
  };
  addEventListener("hashchange", tryToShow);
  addEventListener("unhandledrejection", (event) => {
    if (!(event.reason instanceof DataError)) return;
    event.preventDefault();
    frame.say(text("app.failedPart", explain(event.reason)), anew);
  });
  await tryToShow();
}

/**
 * @param {HTMLElement} root
 * @param {() => Promise<RoomModule>} load
 * @param {App} app
 * @returns {Promise<Room>}
 */
async function mount(root, load, app) {
  const module = await load();
  addStrings(module.strings);
  root.replaceChildren();
  return module.mount(root, app);
}

/** Listeners by topic. */
function buildTopics() {
  /** @type {Map<Topic, Set<() => void>>} */
  const sets = new Map();
  return {
    /** @type {App["on"]} */
    on: (topic, listener) => {
      const set = sets.get(topic) ?? new Set();
      sets.set(topic, set.add(listener));
      return () => void set.delete(listener);
    },
    /** @param {Topic} topic */
    tell: (topic) => [...(sets.get(topic) ?? [])].forEach((listener) => listener()),
  };
}
