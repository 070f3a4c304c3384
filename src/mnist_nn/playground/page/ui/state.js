/**
 * The state of a view, kept in the address after #, so that it can be shared: #/draw?image=test:123&off=1.3
 */

/** Settings of the page rather than of a room; they stay when a room writes its own. */
const KEPT = ["model", "lesson", "task", "hide", "lang"];
const DELAY = 200; // milliseconds; browsers limit how often an address may change

/** @type {ReturnType<typeof setTimeout> | undefined} */
let timer;
/** @type {string | null} */
let waiting = null;
/** The address that the rooms show. Where the browser has another, the user went elsewhere, and nothing is written. */
let shown = location.hash;

addEventListener("hashchange", () => {
  forget();
  shown = location.hash;
});

/**
 * What the address says now, or will say in a moment.
 * @returns {{room: string, params: URLSearchParams}}
 */
export function read() {
  const [, room = "", query = ""] = /^#?\/?([^?]*)\??(.*)$/s.exec(waiting ?? location.hash) ?? [];
  return { room, params: new URLSearchParams(query) };
}

/**
 * The address of a room with the settings of the page, for a link.
 * @param {string} room
 * @param {Record<string, string>} params
 */
export const linkTo = (room, params) => formatAddress(room, params, read().params);

/**
 * The controls that a task hides.
 * @param {URLSearchParams} params
 */
export const readHidden = (params) => (params.get("hide") ?? "").split(",").filter(Boolean);

/**
 * Write the state of a room into the address, a little later and without a new entry in the history. What belongs to
 * a room, or to an address, that was left in the meantime is dropped.
 * @param {string} room
 * @param {URLSearchParams | Record<string, string | number | null | undefined>} params empty values are left out
 */
export function write(room, params) {
  const before = read();
  if (location.hash !== shown || (before.room !== room && before.room !== "")) return;
  waiting = formatAddress(room, params, before.params);
  timer ??= setTimeout(flush, DELAY); // one that is set stays: who writes all the time shall be heard as well
}

/**
 * Write the state of a room as a new entry in the history, at once, so that the browser's Back goes one step back. The
 * room shows this state already.
 * @param {string} room
 * @param {URLSearchParams | Record<string, string | number | null | undefined>} params
 */
export function step(room, params) {
  const before = read();
  if (location.hash !== shown || before.room !== room) return;
  const target = formatAddress(room, params, before.params);
  flush();
  if (target === location.hash) return;
  history.pushState(null, "", target);
  shown = location.hash;
}

/**
 * Change one value and leave the others.
 * @param {string} name
 * @param {string} value
 */
export function put(name, value) {
  const { room, params } = read();
  params.set(name, value);
  write(room, params);
}

/**
 * Go to a room: a new entry in the history. The page hears of it by `hashchange`.
 * @param {string} room
 * @param {URLSearchParams | Record<string, string | number | null | undefined>} [params]
 */
export function go(room, params = {}) {
  const target = formatAddress(room, params, read().params);
  flush();
  location.hash = target;
}

/** Write now what is waiting. */
export function flush() {
  if (waiting !== null && location.hash === shown && waiting !== shown) {
    history.replaceState(null, "", waiting);
    shown = location.hash;
  }
  forget();
}

function forget() {
  clearTimeout(timer);
  timer = undefined;
  waiting = null;
}

/**
 * The part of an address after #.
 * @param {string} room
 * @param {URLSearchParams | Record<string, string | number | null | undefined>} params
 * @param {URLSearchParams} [before] from which the settings of the page stay
 */
export function formatAddress(room, params, before = new URLSearchParams()) {
  const pairs = params instanceof URLSearchParams ? [...params] : Object.entries(params);
  const known = pairs.filter(([, value]) => value !== null && value !== undefined && value !== "");
  const names = pairs.map(([name]) => name);
  const kept = KEPT.filter((name) => !names.includes(name) && before.has(name)).map((name) => [name, before.get(name)]);
  const query = [...known, ...kept].map(([name, value]) => `${name}=${escapeLittle(String(value))}`).join("&");
  return `#/${room}${query ? `?${query}` : ""}`;
}

/**
 * Escaped as little as an address allows, because people read it.
 * @param {string} value
 */
const escapeLittle = (value) => encodeURIComponent(value).replace(/%(3A|2C|40|2F)/g, decodeURIComponent);
