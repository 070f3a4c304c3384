/**
 * English text of trainings, of their settings, and of advice on them. What a rule says in the moment, with its
 * numbers, is in core/rules.js.
 */

export const en = {
  "training.pause": "Pause",
  "training.loading": "Loading the 60,000 training images …",
  "training.neurons": "Weights of the hidden neurons",
  "training.neurons.help": "Each picture shows what one neuron looks for: ink on blue pixels raises its sum, and "
    + "ink on orange pixels lowers it.",
  "training.neurons.label": "Weights into {0} of {1} hidden neurons, each as a picture",
  "training.confusion": "Which digits are confused",
  "training.runName": "Training {0}: {1}",
  "training.forkName": "Training {0}: {1} from epoch {2} on, η = {3}",
  "training.forked": "This training continues “{0}” from epoch {1} on. Press Train.",
  "training.anew": "These settings make a different network, so the training has started again.",
  "training.diverged": "At the learning rate {0}, the numbers grew without limit, so training has stopped. Lower "
    + "the rate and start again.",

  "training.resumed": "The training continues from where it was before the page was reloaded. Press Train.",
  "training.reached": "Stopped {0}, as you asked.",
  "training.met": "The training has already stopped {0}. Choose another condition for stopping, or none.",
  "goal": "Stop",
  "goal.": "when I press Pause",
  "goal.epochs": "after a number of epochs",
  "goal.accuracy": "at a given share of right answers",
  "goal.patience": "when it stops improving",
  "goal.epochs.unit": "epochs",
  "goal.accuracy.unit": "% of the test images",
  "goal.patience.unit": "epochs without improvement",
  "goal.epochs.short": "after {0} epochs",
  "goal.accuracy.short": "at {0} % of the test images read correctly",
  "goal.patience.short": "after {0} epochs in which the test loss did not improve",

  "setting.automatic": "automatic",
  "setting.hidden": "Hidden units",
  "setting.hidden.help": "One number for each layer, for example 20 or 64, 32",
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
  "setting.initializer": "Initial weights",
  "setting.initializer.help": "",
  "setting.loss": "Loss",
  "setting.loss.help": "",
  "loss.classic_mse": "classic: δ = o − l",
  "loss.mse": "mean squared error",
  "loss.cross_entropy": "cross-entropy",
  "loss.categorical cross-entropy": "Categorical cross-entropy",
  "loss.cross-entropy of a second softmax": "Cross-entropy of a second softmax",
  "loss.half the summed squared error": "Half the summed squared error",
  "loss.mean squared error": "Mean squared error",
  "loss.summed binary cross-entropy": "Summed binary cross-entropy",
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
  "advice.none": "None of the rules finds a fault in this training run.",
  "advice.try": "Try {0}.",
  "advice.apply": "Apply and start again: {0}",
  "advice.goOn": "Apply: {0}",
  "advice.why": "Why?",
  "advice.more": "Read more",
  "rule.labels_constant": "All labels are the same",
  "rule.labels_constant.more": "With only one label there is nothing to learn: a network that always gives this "
    + "label is never wrong.",
  "rule.inputs_constant": "All images are the same",
  "rule.inputs_constant.more": "If the inputs do not differ, no answer can depend on them.",
  "rule.inputs_unscaled": "Inputs are too large",
  "rule.inputs_unscaled.more": "Bytes from 0 to 255 that were not divided by 255 give weighted sums in the "
    + "hundreds. A sigmoid is flat there, and with other activations the weights jump.",
  "rule.decay_too_strong": "The L2 penalty is too strong",
  "rule.decay_too_strong.more": "The penalty takes a share off every weight at each update. If that is more than "
    + "the images add, all weights go to 0, and all answers become the same.",
  "rule.weights_equal": "All units of a layer are equal",
  "rule.weights_equal.more": "Units that start with the same weights get the same derivatives and stay the same. "
    + "The whole layer then does no more than a single unit would. Random initial weights prevent this.",
  "rule.dead_units": "Dead units",
  "rule.dead_units.more": "A ReLU unit sends on 0 when its sum is negative, and its derivative is then 0 too. A "
    + "step that is too large can push the sum below 0 for every image, and then nothing ever brings the unit back.",
  "rule.rate_too_high": "The learning rate is too high",
  "rule.rate_too_high.more": "The derivative is a good guide only for short steps. A step that is too long lands on "
    + "the other side of the valley, higher than before. The right size depends on the loss, the optimizer and the "
    + "batch size, so the rule compares your rate with the automatic rate for these settings.",
  "rule.loss_jumps": "The loss jumps",
  "rule.loss_jumps.more": "The loss was much lower before. The steps are too long for the point that the training "
    + "has reached.",
  "rule.dropout_too_strong": "Too much dropout",
  "rule.dropout_too_strong.more": "Only a few hidden units are left for each image, and they have to do all the "
    + "work.",
  "rule.distortion_too_strong": "Images are distorted too far",
  "rule.distortion_too_strong.more": "A copy that is turned or shifted very far no longer shows its digit, so there is "
    + "nothing in it to learn. This page distorts no images.",
  "rule.saturated_units": "Saturated units",
  "rule.saturated_units.more": "A sigmoid unit whose output is always nearly 0 or nearly 1 sits where its curve is "
    + "flat. Its slope σ′ is nearly 0 there, so hardly any error passes through the unit, and it learns very slowly.",
  "rule.rate_too_low": "The learning rate is too low",
  "rule.rate_too_low.more": "The steps go in the right direction, but they are so short that the network has hardly "
    + "changed since the start.",
  "rule.vanishing_gradients": "The gradient vanishes",
  "rule.vanishing_gradients.more": "On its way back, the error is multiplied in every layer by weights and by "
    + "slopes. A sigmoid’s slope is 0.25 at most, so after a few layers little of the error is left for the first "
    + "layer.",
  "rule.exploding_gradients": "The gradient explodes",
  "rule.exploding_gradients.more": "If each layer multiplies the error by more than 1 on its way back, the first "
    + "layers get steps that are far too large.",
  "rule.bottleneck": "A layer is too narrow",
  "rule.bottleneck.more": "Everything that the network knows about an image has to pass through the narrowest "
    + "layer. If that layer has fewer units than there are digits, different digits look the same to the layers "
    + "after it.",
  "rule.overfitting": "The images were learned by heart",
  "rule.overfitting.more": "The network reads the training images much better than the test images: it has learned "
    + "these particular images, not what digits look like. On this page, the images held out are the test images.",
  "rule.frozen_layers": "Frozen layers",
  "rule.frozen_layers.more": "Layers that do not learn pass on only what they learned before. If they learned "
    + "something else, or nothing, the layers after them have too little to work with. This page freezes no layers.",
  "rule.labels_unrelated": "The labels have nothing to do with the images",
  "rule.labels_unrelated.more": "Everything about the network is sound, and yet it only guesses. This happens when "
    + "the images are put in another order and their labels are not, or the other way round.",
  "rule.still_falling": "Stopped too early",
  "rule.still_falling.more": "The loss is still falling fast, so it is worth training for longer.",
  "rule.classes_unnamed": "Some digits are never the answer",
  "rule.classes_unnamed.more": "Look at the confusion matrix: an empty column belongs to such a digit. The network "
    + "takes it for other digits that look similar.",
  "rule.no_better_than_chance": "No better than guessing",
  "rule.no_better_than_chance.more": "The network has learned nothing. Go back to settings that work, and change "
    + "one thing at a time.",
};
