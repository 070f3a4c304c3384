/**
 * The page's end of the worker: one thread for all rooms, made when the first of them needs it.
 */

/** @typedef {import("./host.js").Order} Order */
/** @typedef {import("./host.js").Question} Question */
/** @typedef {import("./host.js").Report} Report */
/** @typedef {Extract<Report, {type: "news" | "failed" | "loading" | "ready"}>} Event */
/** @typedef {ReturnType<typeof connect>} Client */

/** @type {Client | null} */
let only = null;

/** @returns {Client} */
export function openWorker() {
  only ??= connect(new Worker(new URL("./index.js", import.meta.url), { type: "module" }));
  return only;
}

/** @param {Worker} thread */
function connect(thread) {
  /** @type {Map<number, {resolve: (value: any) => void, reject: (error: Error) => void}>} */
  const open = new Map();
  /** @type {Map<string, (event: Event) => void>} */
  const listeners = new Map();
  let last = 0;
  thread.onmessage = ({ data }) => {
    const report = /** @type {Report} */ (data);
    if (report.type === "answer") {
      const question = open.get(report.id);
      open.delete(report.id);
      if (report.message === undefined) question?.resolve(report.value);
      else question?.reject(Object.assign(new Error(report.message), { told: report.told }));
    } else if (report.type === "loading" || report.type === "ready") {
      listeners.forEach((listener) => listener(report));
    } else {
      listeners.get(report.type === "news" ? report.news.session : report.session)?.(report);
    }
  };
  return {
    /** @param {Order} order */
    send: (order) => thread.postMessage(order),
    /**
     * @param {Question} question
     * @returns {Promise<any>}
     */
    ask: (question) => new Promise((resolve, reject) => {
      open.set(++last, { resolve, reject });
      thread.postMessage({ id: last, ...question });
    }),
    /**
     * Hear what becomes of a session; there is one listener to each.
     * @param {string} session
     * @param {(event: Event) => void} listener
     */
    listen: (session, listener) => void listeners.set(session, listener),
  };
}
