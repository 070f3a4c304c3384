/**
 * English text of the room "history", the time machine.
 */

export const en = {
  "history.title": "Time machine",
  "history.intro":
    "Go back to any moment of a training run and see the network as it was: its weights, its mistakes and its " +
    "answers.",
  "history.empty":
    "There is no training to look back on yet. Train a network in the room Train, or let the page make a short " +
    "one now.",
  "history.gone":
    "The training run in this address is not stored here. The browser keeps the last eight runs of this page; save a " +
    "recording to keep a run for good.",
  "history.example": "Make a short training now",
  "history.making": "A training run of 5 epochs on 10,000 images, shown while it trains.",
  "history.record":
    "Training runs of the command line can be shown too: mnist-nn train --record FILE writes a recording; open " +
    "it, or give it to mnist-nn play --record FILE.",
  "history.open": "Open a recording …",
  "history.save": "Save this recording",
  "history.opened": "{0} is open.",
  "history.bad": "{0} cannot be opened: {1}",
  "history.run": "Training",
  "history.over": "Lay over it:",
  "history.slider": "Moment of the training",
  "history.first": "To the beginning",
  "history.back": "One moment back",
  "history.next": "One moment on",
  "history.last": "To the end",
  "history.play": "Play",
  "history.pause": "Stop",
  "history.start": "Before training: random weights",
  "history.place": "Epoch {0} · {1} samples seen",
  "history.axis": "epochs",
  "history.accuracy": "Right answers on test images",
  "history.loss": "Training loss",
  "history.tested": "{0} of {1} test images right at this moment",
  "history.asking": "Asking the network of this moment …",
  "history.pick": "Choose a number to see such digits below.",
  "history.digits": "What it said about some digits",
  "history.digits.help":
    "The squares are the moments, from left to right, with what the network said. Choose one to go there.",
  "history.usual": "The usual digits",
  "history.said": "A {0}: now read as {1}, with {2}",
  "history.then": "Test image {0} through time",
  "history.momentName": "{0}, epoch {1}",
  "history.cell": "Epoch {0}: {1}",
  "history.fork.title": "Another future",
  "history.fork.help":
    "Go on from this moment with another learning rate. It becomes a training run of its own, which can be " +
    "laid over this one.",
  "history.fork.rate": "Learning rate η from here",
  "history.fork": "Fork from here",
};
