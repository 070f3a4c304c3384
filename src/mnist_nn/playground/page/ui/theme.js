/**
 * Light or dark: the system's choice until the user makes another. Colours come from ui/style.css alone.
 */

const STORED = "mnist-nn-theme";
const dark = matchMedia("(prefers-color-scheme: dark)");

/** @returns {"light" | "dark"} */
export function currentTheme() {
  const chosen = document.documentElement.dataset.theme;
  if (chosen === "light" || chosen === "dark") return chosen;
  return dark.matches ? "dark" : "light";
}

/**
 * Take up the user's last choice, and call back when it changes.
 * @param {() => void} changed
 */
export function followTheme(changed) {
  const stored = recallTheme();
  if (stored === "light" || stored === "dark") document.documentElement.dataset.theme = stored;
  dark.addEventListener("change", changed);
  followPrint(changed);
}

/**
 * Paper is light: what is drawn in the colours of the theme is drawn anew for it, and after it.
 * @param {() => void} changed
 */
function followPrint(changed) {
  const { dataset } = document.documentElement;
  /** @type {string | undefined} */
  let before;
  addEventListener("beforeprint", () => {
    before = dataset.theme;
    dataset.theme = "light";
    document.body.classList.add("printing"); // as wide as paper, for what measures its place
    changed();
  });
  addEventListener("afterprint", () => {
    document.body.classList.remove("printing");
    if (before) dataset.theme = before;
    else delete dataset.theme;
    changed();
  });
}

/** The other of the two, from now on. */
export function toggleTheme() {
  const next = currentTheme() === "dark" ? "light" : "dark";
  document.documentElement.dataset.theme = next;
  try {
    localStorage.setItem(STORED, next);
  } catch {
    // A browser that keeps nothing forgets it with the page.
  }
}

function recallTheme() {
  try {
    return localStorage.getItem(STORED);
  } catch {
    return null;
  }
}

/**
 * A colour of ui/style.css as it stands now, for drawing on a canvas: red, green, blue.
 * @param {string} name such as "--positive"
 * @returns {[number, number, number]}
 */
export function readColour(name) {
  const probe = document.createElement("span");
  probe.style.color = `var(${name})`;
  document.body.append(probe);
  const numbers = getComputedStyle(probe).color.match(/[\d.]+/g) ?? [];
  probe.remove();
  const [red = 0, green = 0, blue = 0] = numbers.map(Number);
  return [red, green, blue];
}
