/**
 * The numbers that trainings of this page have, which go on after a reload, and which of them is open in this tab.
 */

const COUNT = "mnist-nn-trainings";
const OPEN = "mnist-nn-training";

/**
 * The number of the next training.
 * @param {number} last the last one here, for a browser that keeps nothing
 */
export function drawNumber(last) {
  try {
    const next = Math.max(last, Number(localStorage.getItem(COUNT)) || 0) + 1;
    localStorage.setItem(COUNT, String(next));
    return next;
  } catch {
    return last + 1;
  }
}

/** @param {string} id of the training that is open in this tab */
export function rememberOpen(id) {
  try {
    sessionStorage.setItem(OPEN, id);
  } catch {
    // A browser that keeps nothing forgets it with the page.
  }
}

export function nameOpen() {
  try {
    return sessionStorage.getItem(OPEN);
  } catch {
    return null;
  }
}
