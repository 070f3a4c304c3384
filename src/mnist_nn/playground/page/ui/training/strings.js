/**
 * English text of trainings, of their settings, and of advice on them. What a rule says in the moment, with its
 * numbers, is in core/rules.js.
 */

export const en = {
  "training.pause": "Pause",
  "training.loading": "Loading the 60,000 training images …",
  "training.neurons": "Weights of the hidden neurons",
  "training.neurons.help":
    "Each picture shows what one neuron looks for: ink on blue pixels pushes it up, ink on orange ones holds it " +
    "down.",
  "training.neurons.label": "Weights into {0} of {1} hidden neurons, each as a picture",
  "training.confusion": "Which digits it mistakes",
  "training.runName": "Training {0}: {1}",
  "training.forkName": "Training {0}: {1} from epoch {2} on, η = {3}",
  "training.forked": "This training continues “{0}” from epoch {1} on. Press Train.",
  "training.anew": "This is another network, so the training started again.",
  "training.diverged":
    "The numbers grew beyond all bounds at rate {0}: training has stopped. Lower the rate and start again.",

  "training.resumed": "The training continues from where it was before the page was reloaded. Press Train.",
  "training.reached": "Stopped {0}, as you asked.",
  "training.met": "It has already stopped {0}. Choose another condition for stopping, or none.",
  "goal": "Stop",
  "goal.": "when I press Pause",
  "goal.epochs": "after a number of epochs",
  "goal.accuracy": "at a share of right answers",
  "goal.patience": "when it stops improving",
  "goal.epochs.unit": "epochs",
  "goal.accuracy.unit": "% of the test images",
  "goal.patience.unit": "epochs without improvement",
  "goal.epochs.short": "after {0} epochs",
  "goal.accuracy.short": "at {0} % of the test images",
  "goal.patience.short": "after {0} epochs in which the test loss did not improve",

  "setting.automatic": "automatic",
  "setting.hidden": "Hidden units",
  "setting.hidden.help": "One number for each layer: 20, or 64, 32",
  "setting.hidden.none": "no hidden layer",
  "setting.activation": "Activation",
  "setting.activation.help": "",
  "activation.sigmoid": "sigmoid",
  "activation.tanh": "tanh",
  "activation.relu": "ReLU",
  "activation.leaky_relu": "leaky ReLU",
  "activation.identity": "identity (none)",
  "setting.output": "Output",
  "setting.output.help": "",
  "output.sigmoid": "sigmoid",
  "output.softmax": "softmax",
  "setting.initializer": "First weights",
  "setting.initializer.help": "",
  "setting.loss": "Loss",
  "setting.loss.help": "",
  "loss.classic_mse": "classic: δ = o − l",
  "loss.mse": "mean squared error",
  "loss.cross_entropy": "cross-entropy",
  "setting.optimizer": "Optimizer",
  "setting.optimizer.help": "",
  "setting.rate": "Learning rate η",
  "setting.rate.help": "",
  "setting.batch": "Batch size",
  "setting.batch.help": "",
  "setting.l2": "L2 penalty λ",
  "setting.l2.help": "",
  "setting.dropout": "Dropout",
  "setting.dropout.help": "",
  "setting.subset": "Training images",
  "setting.subset.help": "",
  "setting.subset.all": "all 60,000",
  "setting.seed": "Seed",
  "setting.seed.help": "",
  "setting.fault": "Fault",
  "setting.fault.help": "",
  "fault.none": "none",
  "fault.no_derivative": "hidden δ without σ′",
  "fault.summed": "gradient summed, not averaged",
  "fault.double_softmax": "softmax twice",
  "fault.zero_weights": "all weights start at 0",

  "advice.title": "Advice",
  "advice.none": "None of the rules finds a fault in this training.",
  "advice.try": "Try {0}.",
  "advice.apply": "Apply and start again: {0}",
  "advice.goOn": "Apply: {0}",
  "advice.why": "Why?",
  "advice.more": "Read more",
  "rule.labels_constant": "All labels are the same",
  "rule.labels_constant.more": "With one label there is nothing to tell apart, and a network that always gives it is "
    + "never wrong.",
  "rule.inputs_constant": "All images are the same",
  "rule.inputs_constant.more": "Where the inputs do not differ, no answer can depend on them.",
  "rule.inputs_unscaled": "Inputs are too large",
  "rule.inputs_unscaled.more": "Bytes from 0 to 255 that nobody divided make weighted sums in the hundreds. A "
    + "sigmoid is flat there, and other units make the weights jump.",
  "rule.decay_too_strong": "The L2 penalty is too strong",
  "rule.decay_too_strong.more": "It takes a share off every weight at each update. If that is more than the images "
    + "add, all weights go to 0, and all answers become the same.",
  "rule.weights_equal": "All units of a layer are equal",
  "rule.weights_equal.more": "Units that start with the same weights get the same derivatives and stay the same. The "
    + "layer is then worth a single unit, however many it has. Random first weights prevent it.",
  "rule.dead_units": "Dead units",
  "rule.dead_units.more": "A ReLU unit sends on 0 where its sum is negative, and its derivative is 0 there too. A "
    + "step that is too large can push the sum below 0 for every image, and then nothing ever brings the unit back.",
  "rule.rate_too_high": "The learning rate is too high",
  "rule.rate_too_high.more": "The derivative is a good guide only for short steps. A step that is too long lands "
    + "on the other side of the valley, higher than before. The right size depends on the loss, the optimizer and "
    + "the batch size, so the rule compares with the automatic rate for these settings.",
  "rule.loss_jumps": "The loss jumps",
  "rule.loss_jumps.more": "It had been much lower before. The steps are too long for the point that the training "
    + "has reached.",
  "rule.dropout_too_strong": "Too much dropout",
  "rule.dropout_too_strong.more": "Only a few hidden units are left for each image, and they have to do all the "
    + "work.",
  "rule.saturated_units": "Saturated units",
  "rule.saturated_units.more": "A sigmoid unit that always answers nearly 0 or nearly 1 sits where its curve is "
    + "flat. Its slope σ′ is nearly 0 there, so hardly any error comes through, and it learns very slowly.",
  "rule.rate_too_low": "The learning rate is too low",
  "rule.rate_too_low.more": "The steps go in the right direction, but they are so short that the training has hardly "
    + "moved from where it started.",
  "rule.vanishing_gradients": "The gradient vanishes",
  "rule.vanishing_gradients.more": "On its way back, the error is multiplied in every layer by weights and by "
    + "slopes. A sigmoid’s slope is 0.25 at most, so after a few layers little is left for the first one.",
  "rule.exploding_gradients": "The gradient explodes",
  "rule.exploding_gradients.more": "Where each layer multiplies the error by more than 1 on its way back, the first "
    + "layers get steps that are far too large.",
  "rule.bottleneck": "A layer is too narrow",
  "rule.bottleneck.more": "All that the network knows of an image has to pass through the narrowest layer. With "
    + "fewer units than digits, different digits look the same behind it.",
  "rule.overfitting": "Learned by heart",
  "rule.overfitting.more": "The training images are read much better than the test images: the network has learned "
    + "these images, and not what digits look like. The images held out are the test images here.",
  "rule.frozen_layers": "Frozen layers",
  "rule.frozen_layers.more": "Layers that do not learn pass on only what they learned before. If that was something "
    + "else, or nothing, the layers behind them have too little to go on. This page freezes no layers.",
  "rule.labels_unrelated": "Labels have nothing to do with the images",
  "rule.labels_unrelated.more": "Everything about the network is sound, and still it only guesses. That happens "
    + "if the images or the labels alone were put in another order.",
  "rule.still_falling": "Stopped too early",
  "rule.still_falling.more": "The loss is still falling fast, so it is worth training longer.",
  "rule.classes_unnamed": "Some digits are never the answer",
  "rule.classes_unnamed.more": "Look at the confusion matrix: a column that is empty belongs to such a digit. The "
    + "network takes it for others that it looks like.",
  "rule.no_better_than_chance": "No better than guessing",
  "rule.no_better_than_chance.more": "Nothing was learned. Go back to settings that work, and change one thing at a "
    + "time.",
};
