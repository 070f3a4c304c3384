/**
 * English text of the frame around the rooms, and of what several rooms show.
 */

export const en = {
  "app.title": "mnist-nn playground",
  "app.skip": "Skip to the room",
  "app.rooms": "Rooms",
  "app.loading": "Loading …",
  "app.failed": "This room could not be opened: {0}",
  "app.failedModel": "The model could not be loaded: {0}",
  "room.draw": "Draw",
  "room.microscope": "Microscope",
  "room.train": "Train",
  "room.race": "Race",
  "room.history": "Time machine",
  "theme.toLight": "Light colours",
  "theme.toDark": "Dark colours",
  "model.choose": "Model",
  "model.open": "Open a model file …",
  "model.openWord": "Open",
  "model.download": "Save this model as a file",
  "model.downloadWord": "Save",
  "model.opened": "{0} is open: {1}",
  "model.reader": "Reader, large",
  "model.classic": "Classic, small",
  "model.given": "Your model",
  "model.gone":
    "The model of this address, “{0}”, is not here: models that were opened or trained in a page go when it is " +
    "closed, unless they are saved. You see “{1}” instead.",
  "model.badFile": "{0} is not a model file that this page can read: {1}",
  "dialog.close": "Close",

  "chart.table": "The same as a table",
  "confusion.is": "the digit is",
  "confusion.says": "the network says",
  "confusion.cell": "{2} times a {0} is read as {1}",

  "terms.bias": "bias",
  "terms.from": "from",
  "terms.input": "× input",
  "terms.neuron": "neuron {0}",
  "terms.open": "Show the {0} smaller terms",
  "terms.pixel": "pixel in row {0}, column {1}",
  "terms.product": "= term",
  "terms.rest": "the {0} smaller terms together",
  "terms.through": ", and {0} makes of it ",
  "terms.weight": "weight",
};
