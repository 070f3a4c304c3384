/**
 * English text of the room "words".
 */

export const en = {
  "words.title": "Words and symbols",
  "words.intro": "What the rooms show, in plain words. In a room, rest the pointer on a control, a symbol or a "
    + "chart, move to it with the Tab key, or tap it, to see what it means.",
};
