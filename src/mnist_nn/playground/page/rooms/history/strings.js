/**
 * English text of the room "history", the time machine.
 */

export const en = {
  "history.title": "Time machine",
  "history.intro":
    "Go back to any moment of a training run and see the network as it was: its weights, its mistakes and its " +
    "answers.",
  "history.empty":
    "There is no training run to look back on yet. Train a network in the room Train, or let the page make a short " +
    "run now.",
  "history.gone":
    "The training run in this address is not stored here. The browser keeps the last eight runs of this page; save a " +
    "recording to keep a run for good.",
  "history.example": "Make a short training run now",
  "history.making": "This is a training run of 5 epochs on 10,000 images. You can watch it while it trains.",
  "history.record":
    "You can also look at training runs from the command line: mnist-nn train --record FILE writes a recording. " +
    "Open it here, or give it to mnist-nn play --record FILE.",
  "history.open": "Open a recording …",
  "history.save": "Save this recording",
  "history.opened": "{0} is open.",
  "history.bad": "{0} cannot be opened: {1}",
  "history.run": "Training run",
  "history.over": "Compare with:",
  "history.slider": "Moment of the training",
  "history.first": "To the beginning",
  "history.back": "One moment back",
  "history.next": "One moment forward",
  "history.last": "To the end",
  "history.play": "Play",
  "history.pause": "Stop",
  "history.start": "Before training: random weights",
  "history.place": "Epoch {0} · {1} samples seen",
  "history.axis": "epochs",
  "history.accuracy": "Right answers on test images",
  "history.loss": "Training loss",
  "history.tested": "{0} of {1} test images right at this moment",
  "history.asking": "Asking the network as it was at this moment …",
  "history.pick": "Choose a number to see those digits below.",
  "history.digits": "How some digits were read",
  "history.digits.help":
    "Each square is a moment, from left to right, and shows the network’s answer at that moment. Choose one to go " +
    "there.",
  "history.usual": "The default digits",
  "history.said": "A {0}, now read as {1} with {2}",
  "history.then": "Test image {0} through time",
  "history.momentName": "{0}, epoch {1}",
  "history.cell": "Epoch {0}: {1}",
  "history.fork.title": "Another future",
  "history.fork.help":
    "Continue from this moment with another learning rate. The result is a separate training run, which you can " +
    "compare with this one.",
  "history.fork.rate": "Learning rate η from here",
  "history.fork": "Fork from here",
};
