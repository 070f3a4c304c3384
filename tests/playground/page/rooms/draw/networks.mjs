// A few networks, changes inside them, and test images, for the tests of the room Draw.

import { create } from "#page/core/network.js";
import { switchOff, shiftBias } from "#page/ui/edits.js";
import { mnist } from "../../support.mjs";

export const few = mnist("t10k", 300);
const shapes = {
  classic: { hidden: [20] },
  deep: { hidden: [16, 12, 8], activation: ["relu", "tanh", "sigmoid"], output: "softmax" },
  flat: { hidden: [], activation: [] },
};
export const model = (name) => ({ network: create(shapes[name], 5), header: {}, tensors: {} });
export const nothing = { off: [], bias: [] };

export const changes = {
  classic: shiftBias(shiftBias(switchOff(nothing, { layer: 0, unit: 3 }, true), { layer: 0, unit: 7 }, -1.5),
    { layer: 1, unit: 4 }, 0.4),
  deep: shiftBias(switchOff(switchOff(nothing, { layer: 0, unit: 3 }, true), { layer: 2, unit: 1 }, true),
    { layer: 1, unit: 4 }, 2),
  flat: shiftBias(nothing, { layer: 0, unit: 4 }, 0.7),
};
