/**
 * Keeps the trainings of this page in the browser (IndexedDB), so that they outlive a reload. A browser that keeps
 * nothing, as in a private window, forgets them with the page; nothing else depends on it.
 */

/** @typedef {import("./session.js").Recording} Recording */
/** @typedef {import("../../worker/lane.js").Moment} Moment */
/** @typedef {ReturnType<typeof openKeeper>} Keeper */

const NAME = "mnist-nn";
const MOST = 8; // trainings; the oldest go first
const DELAY = 1000; // milliseconds, over which what changes all the time is gathered

export function openKeeper() {
  const base = openBase();
  /** @type {Map<string, Recording>} */
  const waiting = new Map();
  let timer = 0;
  const flush = async () => {
    clearTimeout(timer);
    timer = 0;
    const all = [...waiting.values()];
    waiting.clear();
    const trainings = (await base)?.transaction("trainings", "readwrite").objectStore("trainings");
    for (const recording of all) trainings?.put({ ...recording, epochs: undefined, touched: Date.now() });
  };
  addEventListener("pagehide", () => void flush());
  return {
    /** What was kept, the oldest first. */
    load: async () => {
      const open = await base;
      return open ? loadAll(open).catch(() => []) : [];
    },
    /**
     * Keep what belongs to a training as a whole, soon.
     * @param {Recording} recording
     */
    note: (recording) => {
      waiting.set(recording.id, recording);
      timer ||= window.setTimeout(() => void flush(), DELAY);
    },
    /**
     * Keep moments of a training, and forget those that it no longer has.
     * @param {string} training
     * @param {Moment[]} added
     * @param {Moment[]} [dropped]
     */
    change: async (training, added, dropped = []) => {
      if (added.length + dropped.length === 0) return;
      const moments = (await base)?.transaction("moments", "readwrite").objectStore("moments");
      for (const moment of added) moments?.put({ ...moment, training });
      for (const { samples } of dropped) moments?.delete([training, samples]);
    },
  };
}

/** @returns {Promise<IDBDatabase | null>} null where the browser keeps nothing */
function openBase() {
  return new Promise((resolve) => {
    try {
      const opening = indexedDB.open(NAME, 1);
      opening.onupgradeneeded = () => {
        opening.result.createObjectStore("trainings", { keyPath: "id" });
        opening.result.createObjectStore("moments", { keyPath: ["training", "samples"] });
      };
      opening.onsuccess = () => resolve(opening.result);
      opening.onerror = opening.onblocked = () => resolve(null);
    } catch {
      resolve(null);
    }
  });
}

/**
 * @param {IDBDatabase} base
 * @returns {Promise<Recording[]>}
 */
async function loadAll(base) {
  const stores = base.transaction(["trainings", "moments"], "readwrite");
  const [trainings, moments] = ["trainings", "moments"].map((name) => stores.objectStore(name));
  const all = (await answer(trainings.getAll())).sort((a, b) => a.touched - b.touched);
  for (const { id } of all.slice(0, -MOST)) {
    trainings.delete(id);
    moments.delete(rangeOf(id));
  }
  const found = await Promise.all(all.slice(-MOST).map(async (one) =>
    ({ ...one, epochs: await answer(moments.getAll(rangeOf(one.id))) })));
  return found.filter(({ epochs }) => epochs.length > 0); // a page may have been left between the two
}

/** All moments of a training. @param {string} id */
const rangeOf = (id) => IDBKeyRange.bound([id], [id, []]);

/**
 * @template T
 * @param {IDBRequest<T>} request
 * @returns {Promise<T>}
 */
const answer = (request) => new Promise((resolve, reject) => {
  request.onsuccess = () => resolve(request.result);
  request.onerror = () => reject(request.error);
});
