/**
 * Making elements, in one line each.
 */

/** @typedef {Node | string | number | null | undefined | false} Child */

const SVG = "http://www.w3.org/2000/svg";

/**
 * Make an element. Properties that begin with "on" are listeners; the others are attributes, true and false included.
 * @template {keyof HTMLElementTagNameMap} T
 * @param {T} tag
 * @param {Record<string, any>} [properties]
 * @param {...Child} children
 * @returns {HTMLElementTagNameMap[T]}
 */
export function h(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  set(element, properties);
  element.append(...keepShown(children));
  return element;
}

/**
 * What may be wider than its place: it scrolls there, with the keyboard too.
 * @param {string} label what it is, for those who hear the page
 * @param {...Child} children
 */
export const wide = (label, ...children) =>
  h("div", { class: "scroll", tabindex: 0, role: "group", "aria-label": label }, ...children);

/**
 * Make an SVG element.
 * @template {keyof SVGElementTagNameMap} T
 * @param {T} tag
 * @param {Record<string, any>} [properties]
 * @param {...Child} children
 * @returns {SVGElementTagNameMap[T]}
 */
export function s(tag, properties = {}, ...children) {
  const element = document.createElementNS(SVG, tag);
  set(element, properties);
  element.append(...keepShown(children));
  return element;
}

/**
 * Set attributes and listeners.
 * @param {Element} element
 * @param {Record<string, any>} properties
 */
export function set(element, properties) {
  for (const [name, value] of Object.entries(properties)) {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (value === null || value === undefined || value === false) element.removeAttribute(name);
    else element.setAttribute(name, value === true ? "" : String(value));
  }
}

/**
 * Put other children in the place of what an element holds.
 * @param {Element} element
 * @param {...Child} children
 */
export function fill(element, ...children) {
  element.replaceChildren(...keepShown(children));
}

/** @param {Child[]} children */
function keepShown(children) {
  return children.filter((child) => child !== null && child !== undefined && child !== false)
    .map((child) => (typeof child === "number" ? String(child) : /** @type {Node | string} */ (child)));
}
