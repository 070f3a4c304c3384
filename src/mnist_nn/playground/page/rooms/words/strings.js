/**
 * English text of the room "words".
 */

export const en = {
  "words.title": "Words and symbols",
  "words.intro": "This page explains the words and symbols in the rooms. In a room, rest the pointer on a control, "
    + "a symbol or a chart, move to it with the Tab key, or tap it, to see what it means.",
  "words.faults": "What can go wrong in training",
  "words.faults.intro": "After each epoch, the room Train measures the network on 200 training images and checks "
    + "these rules. The library uses the same rules.",
  "words.source": "Source of the figures: {0}.",
};
