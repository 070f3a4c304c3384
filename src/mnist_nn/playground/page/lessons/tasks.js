/**
 * Tasks that teachers can set as they are. A task is data: the room and what is set up there, and the controls that are
 * hidden, because they would give the answer away. The words are in task-strings.js.
 */

const BLIND = ["fault", "race", "changes", "lane"];

/** @type {import("../ui/share/task-form.js").Task[]} */
export const tasks = [
  { id: "units", at: "train?hidden=12", hide: ["hidden"] },
  { id: "rescue", at: "train?initializer=zeros&batch=4&l2=0.0001", hide: [] },
  { id: "derivative", at: "microscope?model=softmax&stage=untrained&image=test:0&fault=no_derivative&step=8",
    hide: ["fault"] },
  { id: "lane", at: "race?lane=A@batch:32,fault:summed&lane=B@batch:32&lane=C@batch:32,fault:zero_weights",
    hide: BLIND },
  { id: "guess", at: "race?race=activations&guess=first", hide: [] },
  { id: "data", at: "train?subset=500&hidden=64&output=softmax&loss=cross_entropy", hide: ["subset"] },
  { id: "fool", at: "draw?model=reader", hide: ["order"] },
];
