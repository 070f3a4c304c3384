/**
 * Taking back: the keys for it, the same in every room, and a memory of what was before.
 */

const TYPED = "input[type=text], input:not([type]), textarea"; // there the browser takes back what was typed

/**
 * Ctrl+Z (or ⌘Z) takes back, with Shift, or Ctrl+Y, it does so again.
 * @param {{undo(): void, redo(): void}} does
 * @returns {() => void} what ends it
 */
export function followUndoKeys(does) {
  const press = (/** @type {KeyboardEvent} */ event) => {
    const { key, ctrlKey, metaKey, altKey, shiftKey, target } = event;
    if (!(ctrlKey || metaKey) || altKey || (target instanceof Element && target.matches(TYPED))) return;
    const name = key.toLowerCase();
    if (name !== "z" && name !== "y") return;
    event.preventDefault();
    if (name === "y" || shiftKey) does.redo();
    else does.undo();
  };
  addEventListener("keydown", press);
  return () => removeEventListener("keydown", press);
}

/**
 * States that can be gone back to; whoever changes something says what was before.
 * @template T
 * @param {number} [most]
 */
export function buildUndo(most = 50) {
  /** @type {{past: T[], future: T[]}} */
  const memory = { past: [], future: [] };
  return {
    get isEmpty() {
      return memory.past.length === 0;
    },
    /** @param {T} before */
    remember: (before) => {
      memory.past = [...memory.past, before].slice(-most);
      memory.future = [];
    },
    /**
     * @param {T} now
     * @returns {T | undefined} what to show instead, if anything was remembered
     */
    undo: (now) => {
      const before = memory.past.pop();
      if (before !== undefined) memory.future.push(now);
      return before;
    },
    /** @param {T} now */
    redo: (now) => {
      const after = memory.future.pop();
      if (after !== undefined) memory.past.push(now);
      return after;
    },
  };
}
