/**
 * The models that one can choose between: those served with the page, those opened from a file, those trained here.
 *
 * Until the user chooses, every room has the model that suits it: Draw the reader's, the microscope the classic one.
 * Rooms that make their own networks have none, and nothing is loaded for them.
 */

import { sizes, todaysName } from "../core/config.js";
import { fetchBytes } from "../core/data.js";
import { read } from "../core/modelfile.js";
import { text } from "./text.js";

/** @typedef {import("../core/modelfile.js").Model} Model */
/** @typedef {{id: string, name: string, model: Model | null, url: string}} Entry */
/** @typedef {{id: string, name: string, model: Model}} Loaded */
/** @typedef {ReturnType<typeof openModels>} Models */

/**
 * @param {import("./app.js").Manifest} manifest
 * @param {() => void} changed
 */
export function openModels(manifest, changed) {
  /** @type {Entry[]} */
  const entries = manifest.models.map(({ id, url }) => ({ id, name: text(`model.${id}`), model: null, url }));
  /** @type {string | null} */
  let chosen = null;
  /** @type {Loaded | null} */
  let current = null;
  const known = (/** @type {string | null} */ id) => entries.find((one) => one.id === todaysName(id));

  /** @param {string} id */
  function entry(id) {
    return known(id) ?? entries[0];
  }
  /** @param {Entry} next */
  async function use(next) {
    const loaded = await loadModel(next);
    if (loaded.model === current?.model) return;
    current = loaded;
    changed();
  }
  return {
    /** @returns {Loaded} */
    get current() {
      if (!current) throw new Error("no model is loaded in this room");
      return current;
    },
    get loaded() {
      return current !== null;
    },
    /** @param {string | null} id */
    has: (id) => known(id) !== undefined,
    list: () => entries.map(({ id, name }) => ({ id, name })),
    /**
     * Take the model that a room, or the address, asks for.
     * @param {string} room
     * @param {string | null} id
     */
    enter: async (room, id) => {
      if (known(id)) chosen = id;
      const suited = manifest.rooms[room];
      if (suited) await use(known(chosen) ?? entry(suited));
    },
    /**
     * The user's choice, for all rooms from now on.
     * @param {string} id
     */
    choose: (id) => {
      chosen = id;
      return use(entry(id));
    },
    /**
     * Add a model and use it; one of the same name gives way.
     * @param {Model} model
     * @param {string} name
     */
    add: (model, name) => {
      const id = `own:${name}`;
      const made = { id, name, model, url: "" };
      const place = entries.findIndex((one) => one.id === id);
      entries.splice(place < 0 ? entries.length : place, place < 0 ? 0 : 1, made);
      chosen = id;
      current = made;
      changed();
    },
  };
}

/**
 * @param {Entry} entry
 * @returns {Promise<Loaded>}
 */
async function loadModel(entry) {
  entry.model ??= read(await fetchBytes(entry.url));
  return { id: entry.id, name: entry.name, model: entry.model };
}

/**
 * A network's shape as people write it.
 * @param {Model} model
 */
export const formatShape = ({ network }) => sizes(network.config).join("-");
