/**
 * Parts of the page that stand out, or are not there: by rules of style, so that what a room builds anew follows too.
 */

const TRIES = 40;
const WAIT = 150; // milliseconds between two looks for a part that a room has yet to build

const lit = new CSSStyleSheet();
const hidden = new CSSStyleSheet();
document.adoptedStyleSheets = [...document.adoptedStyleSheets, lit, hidden];
let search = 0;

/**
 * Let a part of the page stand out, and bring it into sight.
 * @param {string | null} selector null for none
 */
export function lightUp(selector) {
  clearTimeout(search);
  const style = "outline: 3px solid var(--accent); outline-offset: 4px; border-radius: 0.4rem;";
  lit.replaceSync(selector ? `main ${selector} { ${style} }` : "");
  const find = (/** @type {number} */ tries) => {
    const part = selector && document.querySelector(`main ${selector}`);
    if (part && part.getClientRects().length > 0) bringIntoSight(part);
    else if (tries > 0) search = window.setTimeout(() => find(tries - 1), WAIT);
  };
  if (selector) find(TRIES);
}

/** @param {Element} part */
function bringIntoSight(part) {
  const { top, bottom, height } = part.getBoundingClientRect();
  const space = innerHeight * 0.9;
  if (top < 60 || bottom > space) part.scrollIntoView({ block: height > space ? "start" : "center" });
}

/**
 * Take controls away, by the names of their explanations.
 * @param {string[]} names
 */
export function hideControls(names) {
  const selectors = names.filter((name) => /^\w+$/.test(name)).map((name) => `[data-explain="${name}"]`);
  hidden.replaceSync(selectors.length ? `${selectors.join(", ")} { display: none !important; }` : "");
}
