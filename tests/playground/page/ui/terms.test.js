// The terms of a neuron sum to what it is.
import { test } from "node:test";

import { forward } from "#page/core/network.js";
import { listTerms } from "#page/ui/terms.js";
import { near } from "../support.mjs";
import { few, model } from "../rooms/draw/networks.mjs";

test("the terms of a neuron sum to its z", () => {
  for (const name of ["classic", "deep"]) {
    const { network } = model(name);
    const pass = forward(network, few.images.subarray(0, 784));
    for (const [layer, unit] of [[0, 5], [1, 2]]) {
      const sum = listTerms(network, pass, { layer, unit }).reduce((all, { value }) => all + value, 0);
      near([sum + network.biases[layer][unit]], [pass.z[layer][unit]], 1e-12);
    }
  }
});
