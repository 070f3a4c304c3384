/**
 * The guided lessons. A lesson is data: each card says where it takes place, what is lit up there, and, if it asks a
 * question, which answer is right and what is pressed to show it. The words are in the strings of the same name.
 *
 * @typedef {{at: string, light?: string, right?: number, answers?: number, press?: string[]}} Card
 * @typedef {{id: string, cards: Card[]}} Lesson
 */

const PLAY = ".transport .play:not([data-playing])";
const UNTRAINED = "microscope?model=softmax&stage=untrained&image=test:0";
const SOFTMAX = "train?output=softmax&loss=cross_entropy";
const CLASSIC = "microscope?model=classic&stage=untrained&image=test:0";

/** @type {Lesson[]} */
export const lessons = [
  {
    id: "first",
    cards: [
      { at: "draw?model=reader", light: ".sheet" },
      { at: "draw?model=reader&image=test:0", light: ".net-picture" },
      { at: `${UNTRAINED}&step=1`, light: ".step-main .net", right: 1, press: [".map li:nth-child(5) button"] },
      { at: `${UNTRAINED}&step=2`, light: ".step-opened", press: [".play-steps"] },
      { at: `${UNTRAINED}&step=6`, light: ".step-opened", right: 0 },
      { at: `${UNTRAINED}&step=6`, light: ".step-main .net", right: 2, press: [".map li:nth-child(7) button"] },
      { at: `${UNTRAINED}&step=9`, light: ".step-main .net", right: 0 },
      { at: `${UNTRAINED}&step=8`, light: ".along" },
      { at: `${UNTRAINED}&step=11`, light: ".step-opened", right: 1 },
      { at: `${SOFTMAX}&speed=1`, light: ".transport", press: [PLAY] },
      { at: SOFTMAX, light: ".transport", right: 0, press: [PLAY] },
      { at: "microscope?model=softmax&stage=trained&image=test:0&step=7", light: ".step-main .net" },
    ],
  },
  {
    id: "stuck",
    cards: [
      { at: "race?race=zero_weights", light: ".lanes", right: 2, press: [PLAY] },
      { at: "race?race=rates", light: ".lanes", right: 1, press: [PLAY] },
      { at: "race?race=summed", light: ".lanes", right: 0, press: [PLAY] },
      { at: "race?race=no_derivative", light: ".lanes", right: 1, press: [PLAY] },
      { at: `${UNTRAINED}&step=10`, light: ".step-opened .check" },
      { at: "race?race=double_softmax", light: ".lanes", right: 0, press: [PLAY] },
    ],
  },
  {
    id: "better",
    cards: [
      { at: `${SOFTMAX}&hidden=none`, light: ".settings-panel", right: 1, press: [PLAY] },
      { at: "race?race=activations", light: ".lanes", right: 3, answers: 4, press: [PLAY] },
      { at: "race?race=batch", light: ".lanes", right: 1, press: [PLAY] },
      { at: `${SOFTMAX}&subset=500&hidden=64`, light: ".chart", right: 2, press: [PLAY] },
      { at: `${SOFTMAX}&hidden=64&activation=relu&batch=16`, light: ".transport", press: [PLAY] },
    ],
  },
  {
    id: "classic",
    cards: [
      { at: `${CLASSIC}&step=6`, light: ".scroll:has(> .equation)" },
      { at: `${CLASSIC}&step=7`, light: ".scroll:has(> .equation)", right: 1, answers: 2 },
      { at: `${CLASSIC}&step=8`, light: ".mismatch" },
      { at: "race?race=loss", light: ".lanes", right: 1, answers: 2, press: [PLAY] },
    ],
  },
];
