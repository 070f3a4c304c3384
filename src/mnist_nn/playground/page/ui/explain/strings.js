/**
 * English explanations of what one sees in the rooms: a name, one sentence for the place itself, and more for the page
 * of words.
 */

export const en = {
  "explain.more": "Read more",

  "word.x": "Input x",
  "word.x.short": "The image as 784 numbers between 0 (paper) and 1 (ink), one for each pixel.",
  "word.x.more": "A pixel is a byte from 0 to 255, divided by 255. The network knows nothing about rows and "
    + "columns: it sees the image as one long list.",
  "word.z": "Weighted sum z",
  "word.z.short": "The sum that a neuron computes: each input times its weight, plus the neuron’s bias.",
  "word.z.more": "z = W a + b. A large z means that the input looks like the pattern in the weights.",
  "word.activation": "Activation",
  "word.activation.short": "The function that turns a neuron’s weighted sum into the number that it sends on.",
  "word.activation.more": "Without one, two layers could do no more than a single layer. Sigmoid squeezes every sum "
    + "into the range from 0 to 1, tanh into −1 to 1, and ReLU lets positive sums through and turns all others into "
    + "0.",
  "word.o": "Output o",
  "word.o.short": "Ten numbers between 0 and 1, one for each digit: the larger, the more strongly the network "
    + "favours that digit.",
  "word.o.more": "With softmax, they add up to 1 and can be read as probabilities. With sigmoid outputs, each digit "
    + "is judged on its own, and they need not add up to 1.",
  "word.loss": "Loss L",
  "word.loss.short": "One number that says how far the outputs are from the label; training makes it smaller.",
  "word.loss.more": "Cross-entropy is −ln of the output for the right digit: nearly 0 if the network is right and "
    + "sure, large if it is sure and wrong. The mean squared error is the average of the ten squared differences.",
  "word.label": "Label",
  "word.label.short": "The digit that the image really shows, according to a person.",
  "word.label.more": "In the arithmetic the label is ten numbers: 1 for the right digit and 0 for the nine others.",
  "word.delta": "Error δ",
  "word.delta.short": "How much the loss would change if this neuron’s weighted sum grew a little.",
  "word.delta.more": "If δ is above 0, the sum was too large; if it is below 0, the sum was too small. At the "
    + "output, with cross-entropy, δ is simply o − l. In a hidden layer, it is the error that comes back through "
    + "the weights, times the slope σ′ of the activation: a saturated neuron can hardly move, so it gets hardly any "
    + "of the blame.",
  "word.gradient": "Derivative ∂L/∂W",
  "word.gradient.short": "How much the loss would change if this weight grew a little: the slope of the loss.",
  "word.gradient.more": "It is the error δ at the end of the connection times the activation at its beginning. All "
    + "derivatives together form the gradient, which points in the direction in which the loss rises fastest.",
  "word.update": "Update",
  "word.update.short": "Every weight takes a small step against its derivative, so that the loss falls.",
  "word.update.more": "new weight = old weight − η · derivative. One update after each image is called stochastic "
    + "gradient descent.",
  "word.neuron": "Neuron",
  "word.neuron.short": "It multiplies its inputs by its weights, adds them up, and sends on the activation of the "
    + "sum.",
  "word.neuron.more": "Neurons are counted from 0. In the pictures of weights, ink on blue pixels pushes the sum "
    + "up, and ink on orange pixels pulls it down.",
  "word.connections": "Lines",
  "word.connections.short": "Each line is a weight times the number sent along it: wider lines are larger, blue "
    + "ones add, orange ones subtract.",
  "word.connections.more": "In the Microscope, the width of a line is exactly proportional to the number. In Draw, "
    + "it shows how much the connection contributed to the answer.",
  "word.bias": "Bias",
  "word.bias.short": "A number that a neuron adds to its sum, whatever the image is.",
  "word.bias.more": "It sets how much evidence the neuron needs before it becomes active.",
  "word.off": "Switching a neuron off",
  "word.off.short": "The next layer then receives 0 from this neuron, which shows what the neuron was good for.",
  "word.off.more": "A large network often works nearly as well without one of its neurons. That does not mean that "
    + "the neuron does nothing: others do much the same.",
  "word.bars": "Answer",
  "word.bars.short": "How the network divides its certainty among the ten digits; choose a bar to see what supports "
    + "that digit.",
  "word.bars.more": "The share of a digit is not its probability of being right. To learn that probability, a "
    + "network is calibrated: it is tried on digits that it has not learned from.",
  "word.sheet": "The sheet",
  "word.sheet.short": "Draw one digit; it is moved and scaled to 28×28 pixels as the training images were.",
  "word.sheet.more": "The position and size of a digit matter a lot to a network like this one, so every image is "
    + "framed in the same way before it is read.",
  "word.order": "Order of the digits",
  "word.order.short": "Start with the digits that this network gets wrong, or go through them in order.",
  "word.order.more": "The mistakes teach most. Many of them are digits that people would hesitate about too.",
  "word.image": "Image",
  "word.image.short": "One of the 60,000 training digits, which networks learn from, or one of the 10,000 test "
    + "digits.",
  "word.image.more": "Test digits were kept back, so they show how a network does on writing that it has never seen.",
  "word.stage": "Untrained or trained",
  "word.stage.short": "The same network before training, after 300 images, or at the end of its training.",
  "word.stage.more": "Before training, the weights are random, so all errors are large and the lines are easy to "
    + "follow. In a trained network, most errors are close to 0.",
  "word.play": "Play",
  "word.play.short": "Goes through the steps automatically; you can stop at any time and continue by hand.",
  "word.play.more": "The arrow keys ← and → go one step back or forward.",
  "word.along": "The loss along one weight",
  "word.along.short": "The loss if only this weight were changed; the dashed line is its slope, and the dot is "
    + "where the step lands.",
  "word.along.more": "The slope is right only near the present weight. A small step follows it down; a large one "
    + "may land higher than it started, on the other side of the valley. Choose the average over 100 images to see "
    + "a valley.",
  "word.worksheet": "Worksheet",
  "word.worksheet.short": "This update as a page to print, with blanks to fill in with a pocket calculator, and a "
    + "page of solutions.",
  "word.worksheet.more": "A set for a class has as many sheets as you want, each with a different image.",
  "word.hidden": "Hidden units",
  "word.hidden.short": "How many neurons stand between the image and the outputs; commas separate layers.",
  "word.hidden.more": "A network with more units can distinguish more, but takes longer to train. Without any "
    + "hidden units, the network is only ten weighted sums of pixels, and it still reads about 92 of 100 digits.",
  "word.output": "Output function",
  "word.output.short": "Softmax makes the ten outputs compete for 100 %; sigmoid judges every digit on its own.",
  "word.output.more": "Softmax goes well with cross-entropy: when both are used, the error at the output is simply "
    + "o − l.",
  "word.initializer": "Initial weights",
  "word.initializer.short": "How to draw the random weights that training starts from.",
  "word.initializer.more": "The weights must differ, or all hidden neurons would learn the same thing. They must "
    + "also be of the right size, or signals would vanish or explode on their way through the layers.",
  "word.seed": "Seed",
  "word.seed.short": "The number that determines all random choices: the same seed gives the same training.",
  "word.seed.more": "Try several seeds to see how much of a result is luck.",
  "word.optimizer": "Optimizer",
  "word.optimizer.short": "How derivatives become steps: directly, with momentum, or with a separate rate for each "
    + "weight (Adam).",
  "word.optimizer.more": "Momentum keeps part of the direction of the last steps. Adam divides each step by the "
    + "usual size of that weight’s derivative, so it needs other learning rates than plain gradient descent.",
  "word.rate": "Learning rate η",
  "word.rate.short": "How large each step is: a rate that is too small learns slowly, and one that is too large "
    + "jumps over the valleys.",
  "word.rate.more": "This is the setting that matters most. The automatic rate was found by trying many rates on "
    + "networks of this kind.",
  "word.batch": "Batch size",
  "word.batch.short": "How many images the network looks at before each change of its weights, which follows their "
    + "average.",
  "word.batch.more": "Larger batches give smoother steps, but fewer of them for the same number of images.",
  "word.l2": "L2 penalty",
  "word.l2.short": "Pulls all weights a little towards 0, so that no weight grows large without need.",
  "word.l2.more": "It can help a network to do as well on new images as on those it learned from.",
  "word.dropout": "Dropout",
  "word.dropout.short": "Leaves out a random share of the hidden neurons for each image, during training only.",
  "word.dropout.more": "No neuron can then rely on a particular other one. This helps large networks, which would "
    + "otherwise learn their images by heart.",
  "word.subset": "Training images",
  "word.subset.short": "How many of the 60,000 images are used.",
  "word.subset.more": "With fewer images, a network soon knows them by heart and does worse on the test images.",
  "word.fault": "Fault",
  "word.fault.short": "A classic mistake, made on purpose, to show what it does to training.",
  "word.fault.more": "Many programs with such a fault still learn something, so it goes unnoticed. It is found by "
    + "comparing each derivative with one that is computed numerically.",
  "word.speed": "Speed",
  "word.speed.short": "How many images are learned per second; choose a low speed to watch single updates.",
  "word.speed.more": "At full speed, a small network learns all 60,000 images in about a second.",
  "word.goal": "Where training stops",
  "word.goal.short": "Training stops by itself after some epochs, at a given share of right answers, or when it "
    + "stops improving.",
  "word.goal.more": "The last of these checks the loss of the test images after each epoch. This is called early "
    + "stopping: it ends the training before the network learns its images by heart.",
  "word.epoch": "Epoch",
  "word.epoch.short": "One pass through all training images.",
  "word.epoch.more": "After each epoch, the images are put in a new order.",
  "word.sample": "Sample",
  "word.sample.short": "One image with its label.",
  "word.sample.more": "With a batch size of 1, every sample changes the weights.",
  "word.accuracy": "Right answers",
  "word.accuracy.short": "The share of images for which the largest output belongs to the right digit.",
  "word.accuracy.more": "The share on test images is the one to trust, because the network did not learn from them.",
  "word.curve": "Loss curve",
  "word.curve.short": "The average loss on training images, measured just before each is learned, and on test "
    + "images.",
  "word.curve.more": "If the training loss keeps falling while the test loss rises, the network is learning by "
    + "heart.",
  "word.confusion": "Confusion matrix",
  "word.confusion.short": "How often each digit (down the side) is read as each digit (along the top).",
  "word.confusion.more": "Right answers lie on the diagonal. Common mistakes are reading 4 as 9, 3 as 5 and 7 as 2.",
  "word.moment": "Moment",
  "word.moment.short": "The network as it was at one point of its training, with all its weights.",
  "word.moment.more": "There are more moments at the beginning, where the most happens.",
  "word.race": "Race",
  "word.race.short": "Several training runs at once, which differ only in the settings that you choose.",
  "word.race.more": "All runs see the same images in the same order. Say which one will win before you press Start.",
  "word.guess": "Guess",
  "word.guess.short": "Say which lane will win before you start: a guess shows what you have understood; a result "
    + "alone does not.",
  "word.guess.more": "The winner reads the most of the 10,000 test images correctly at the end. A lead of less than "
    + "half a percentage point is luck: another seed may turn it around.",
  "word.lane": "Lane",
  "word.lane.short": "One of the training runs side by side; its settings can be opened and changed.",
  "word.lane.more": "All lanes see the same images in the same order, so they differ only in their settings.",
  "word.changes": "Differences",
  "word.changes.short": "How this run differs from the classic settings, and what you can learn from it.",
  "word.changes.more": "The classic settings are 20 hidden units, sigmoid everywhere, and one image for each update.",
  "word.map": "Map of a layer",
  "word.map.short": "Each test digit where this layer puts it: digits that look similar to the layer lie close "
    + "together.",
  "word.map.more": "A layer has as many numbers as it has neurons. The map shows the two directions in which the "
    + "digits differ most (the first two principal components). Compare the map of the pixels with that of the last "
    + "hidden layer: training pulls the ten digits apart.",
  "word.robust": "Robustness",
  "word.robust.short": "Turn or shift the picture, or add noise, and see when the answer changes.",
  "word.robust.more": "People hardly notice such changes. A network tolerates only the changes that it met in "
    + "training, so networks are often trained with pictures that are turned and shifted a little.",
  "word.model": "Model",
  "word.model.short": "The network in use; its shape lists the numbers of inputs, hidden units and outputs.",
  "word.model.more": "The reader is a large model and reads people’s handwriting. The small models have one hidden "
    + "layer of 20 units, so that you can follow every number.",
};
