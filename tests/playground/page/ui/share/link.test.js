// What is said of a link that was copied: what it lacks, and where it does not work.
import assert from "node:assert/strict";
import { test } from "node:test";

import { describeLink } from "#page/ui/share/link.js";

test("a link from another computer, to what everybody has, is simply copied", () => {
  assert.equal(describeLink(new URL("http://10.0.0.7:8000/#/draw?model=reader")), "Copied.");
});

test("an address that this computer alone answers to is called that", () => {
  for (const host of ["127.0.0.1:8000", "localhost:8000", "[::1]:8000"]) {
    assert.match(describeLink(new URL(`http://${host}/#/draw`)), /only on this computer/);
  }
});

test("a model of one's own does not go along", () => {
  const says = describeLink(new URL("https://school.example/#/draw?model=own:My%20net&image=test:1"));
  assert.match(says, /does not contain your model “My net”/);
});
