/**
 * English text of the room "race".
 */

export const en = {
  "race.title": "Race",
  "race.intro":
    "Two to four training runs from the same weights, with the same images in the same order. They differ only in " +
    "what you choose.",
  "race.choose": "Race",
  "race.own": "your own lanes",
  "race.subset": "Training images",
  "race.epochs": "Epochs",
  "race.measure": "Compare by",
  "race.measure.samples": "samples seen",
  "race.measure.seconds": "seconds of learning",
  "race.guess": "Which lane will win?",
  "race.guess.close": "The lead is so small that another seed may turn it around.",
  "race.guess.first": "require a guess before the start",
  "race.guess.made": "Your guess: {0}.",
  "race.guess.needed": "Choose the lane that you think will win; then the race can start.",
  "race.guess.right": "You guessed it.",
  "race.guess.won": "{0} won, with {1} of the test images right.",
  "race.guess.wrong": "You guessed {0}. Can you say why it did not win?",
  "race.play": "Start",
  "race.rerun": "Race again",
  "race.again": "Back to the start",
  "race.undo": "Undo",
  "race.undo.help": "Undo the last change of the race (Ctrl+Z)",
  "race.add": "Add a lane",
  "race.lane": "Lane {0}",
  "race.lane.name": "Name of lane {0}",
  "race.lane.settings": "Settings of this lane",
  "race.lane.remove": "Remove this lane",
  "race.lane.classic": "784-20-10, sigmoid, one sample at a time",
  "race.lane.all": "all images",
  "race.network": "Network",
  "race.training": "Training",
  "race.progress": "Progress of {0}",
  "race.facts": "{0} samples · {1} s · {2} µs per sample · η = {3}",
  "race.diverged": "After {0} samples, the numbers grew without limit, so this lane is out of the race.",
  "race.same": "All lanes start with exactly the same weights.",
  "race.other": "The lanes do not all start with the same weights: their networks or initial weights differ.",
  "race.length": "Each lane learns {0} samples.",
  "race.finished": "Finished: each lane learned {0} samples.",
  "race.accuracy": "Right answers on test images",
  "race.error": "Squared error on test images",
  "race.axis.samples": "samples seen",
  "race.axis.seconds": "seconds of learning",
  "race.results": "Results",
  "race.results.lane": "Lane",
  "race.results.test": "Test images right",
  "race.results.goal.samples": "Samples to {0} %",
  "race.results.goal.seconds": "Seconds to {0} %",
  "race.results.seconds": "Total seconds",
  "race.results.micro": "µs per sample",
  "race.results.never": "not reached",
  "race.results.diverged": "diverged",
  "race.seconds":
    "How seconds are counted: all lanes take turns in one thread, and the clock of a lane runs only while that " +
    "lane learns. Waiting, drawing and the tests do not count. When you compare by samples, the lane with the " +
    "fewest samples goes next; by seconds, the lane with the least time. The squared error is measured in the same " +
    "way for all lanes, whichever loss they train with. Curves use 1,000 test images, and the end result uses all " +
    "10,000.",

  "race.batch": "one sample, a mini-batch, or all at once",
  "race.batch.1": "per sample",
  "race.batch.2": "mini-batch of 32",
  "race.batch.3": "full batch",
  "race.batch.lesson":
    "The full batch takes one exact step per epoch; the others take thousands of rough steps, and win. Compare by " +
    "seconds too: the arithmetic for a sample costs nearly the same in all three.",
  "race.loss": "sigmoid and squared error, or softmax and cross-entropy",
  "race.loss.1": "sigmoid, squared error",
  "race.loss.2": "softmax, cross-entropy",
  "race.loss.lesson":
    "Each lane has its own learning rate, because the gradient of the squared error is much smaller. Even when " +
    "both rates are tuned, cross-entropy starts faster: it has no σ′ at the output that slows it down.",
  "race.no_derivative": "a fault: hidden δ without σ′",
  "race.no_derivative.1": "right",
  "race.no_derivative.2": "without σ′",
  "race.no_derivative.lesson":
    "Without the factor σ′(z), the hidden error is too long, and it points away from the gradient. The network " +
    "still learns something, which is why this fault is so often overlooked.",
  "race.summed": "a fault: gradient summed, not averaged",
  "race.summed.1": "averaged",
  "race.summed.2": "summed",
  "race.summed.lesson":
    "When it is summed over a batch of 32, the gradient is 32 times as long, so a learning rate that was right is " +
    "now far too large.",
  "race.double_softmax": "a fault: softmax twice",
  "race.double_softmax.1": "softmax once",
  "race.double_softmax.2": "softmax twice",
  "race.double_softmax.lesson":
    "A loss that applies softmax itself is given outputs to which softmax has already been applied. The second " +
    "softmax flattens everything: the errors look small, and learning is very slow.",
  "race.zero_weights": "a fault: all weights start at zero",
  "race.zero_weights.1": "random weights",
  "race.zero_weights.2": "all weights zero",
  "race.zero_weights.lesson":
    "Hidden units that start with the same weights get the same gradient and stay the same forever: look at their " +
    "pictures. Twenty neurons do the work of one.",
  "race.rates": "learning rates: too small, right, too large",
  "race.rates.1": "η = 0.001",
  "race.rates.2": "η = 0.03",
  "race.rates.3": "η = 1",
  "race.rates.lesson":
    "A rate that is too small learns very slowly, and one that is too large jumps over every valley.",
  "race.activations": "activations: sigmoid, tanh, ReLU, none",
  "race.activations.1": "sigmoid",
  "race.activations.2": "tanh",
  "race.activations.3": "ReLU",
  "race.activations.4": "none (linear)",
  "race.activations.lesson":
    "Without an activation, the two layers are one linear map, and no hidden unit can help. ReLU starts with " +
    "larger weights, so that its signal keeps its size.",
};
