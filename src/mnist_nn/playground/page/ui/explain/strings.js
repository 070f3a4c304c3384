/**
 * English explanations of what one sees in the rooms: a name, one sentence for the place itself, and more for the page
 * of words.
 */

export const en = {
  "explain.more": "Read more",

  "word.x": "Input x",
  "word.x.short": "The image as 784 numbers between 0 (paper) and 1 (ink), one for each pixel.",
  "word.x.more": "A pixel is a byte from 0 to 255, divided by 255. The network knows nothing of rows and columns: "
    + "to it, the image is a list.",
  "word.z": "Weighted sum z",
  "word.z.short": "What a neuron adds up: each input times its weight, plus the neuron’s bias.",
  "word.z.more": "z = W a + b. A large z means that the input looks like what the weights ask for.",
  "word.activation": "Activation",
  "word.activation.short": "The function that turns a neuron’s weighted sum into what it sends on.",
  "word.activation.more": "Without one, two layers would be no more than a single layer. Sigmoid squeezes every "
    + "sum into the range from 0 to 1, tanh into −1 to 1, and ReLU lets positive sums through and makes all others "
    + "0.",
  "word.o": "Output o",
  "word.o.short": "Ten numbers between 0 and 1, one for each digit: how strongly the network answers with it.",
  "word.o.more": "With softmax they add up to 1 and can be read as probabilities. With sigmoid outputs each digit "
    + "is judged by itself, and they need not add up to 1.",
  "word.loss": "Loss L",
  "word.loss.short": "One number that says how far the outputs are from the label; training makes it smaller.",
  "word.loss.more": "Cross-entropy is −ln of the output for the right digit: nearly 0 if the network is right and "
    + "sure, large if it is sure and wrong. The mean squared error is the average of the ten squared differences.",
  "word.label": "Label",
  "word.label.short": "The digit that the image really shows, according to a person.",
  "word.label.more": "In the arithmetic the label is ten numbers: 1 for the right digit and 0 for the nine others.",
  "word.delta": "Error δ",
  "word.delta.short": "How much the loss would change if this neuron’s weighted sum grew a little.",
  "word.delta.more": "Above 0, the sum was too large; below 0, too small. At the output, with cross-entropy, it is "
    + "simply o − l. In a hidden layer it is what comes back through the weights, times the slope σ′ of the "
    + "activation: a neuron that is saturated can hardly move, so it gets hardly any of the blame.",
  "word.gradient": "Derivative ∂L/∂W",
  "word.gradient.short": "How much the loss would change if this weight grew a little: the slope of the loss.",
  "word.gradient.more": "It is the error δ at the end of the connection times the activation at its beginning. All "
    + "derivatives together are the gradient, which points to where the loss rises fastest.",
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
  "word.connections.short": "Each line is a weight times what comes along it: the wider, the larger; blue adds, "
    + "orange takes away.",
  "word.connections.more": "In the microscope the width is exactly in proportion to the number. In Draw, lines "
    + "show the share that a connection had in the answer.",
  "word.bias": "Bias",
  "word.bias.short": "A number that a neuron adds to its sum, whatever the image is.",
  "word.bias.more": "It sets how much evidence the neuron needs before it becomes active.",
  "word.off": "Switching a neuron off",
  "word.off.short": "The next layer then receives 0 from this neuron: you see what it was good for.",
  "word.off.more": "A large network often hardly misses one neuron. That is no sign that the neuron does nothing; "
    + "others do much the same.",
  "word.bars": "Answer",
  "word.bars.short": "How the network divides its certainty among the ten digits; choose a bar to see what speaks "
    + "for it.",
  "word.bars.more": "The share is not the chance of being right. For that, a network is calibrated: it is tried on "
    + "digits that it has not learned from.",
  "word.sheet": "The sheet",
  "word.sheet.short": "Draw one digit; it is moved and scaled to 28×28 pixels as the training images were.",
  "word.sheet.more": "Where a digit lies and how large it is matters a lot to such a network, so every image is "
    + "framed in the same way before it is read.",
  "word.order": "Order of the digits",
  "word.order.short": "Start with the digits that this network gets wrong, or go through them in order.",
  "word.order.more": "The mistakes teach most. Many of them are digits that people, too, would hesitate about.",
  "word.image": "Image",
  "word.image.short": "One of the 60,000 training digits, which networks learn from, or of the 10,000 test digits.",
  "word.image.more": "Test digits were kept back, so they show how a network does on writing that it has never seen.",
  "word.stage": "Untrained or trained",
  "word.stage.short": "The same network before training, after 300 images, or at the end of its training.",
  "word.stage.more": "Before training the weights are random, so all errors are large and the lines easy to "
    + "follow. In a trained network most errors are close to 0.",
  "word.play": "Play",
  "word.play.short": "Goes through the steps by itself; stop at any time, and go on by hand.",
  "word.play.more": "The arrow keys ← and → go one step back and on.",
  "word.along": "The loss along one weight",
  "word.along.short": "The loss if only this weight were changed; the dashed line is its slope, the dot where the "
    + "step lands.",
  "word.along.more": "The slope is right only close by. A small step follows it down; a large one may land higher "
    + "than it started, on the other side of the valley. Choose the average over 100 images to see a valley.",
  "word.worksheet": "Worksheet",
  "word.worksheet.short": "This update as a page to print, with blanks for a pocket calculator and a page of "
    + "solutions.",
  "word.worksheet.more": "A set for a class has as many sheets as you want, each for another image.",
  "word.hidden": "Hidden units",
  "word.hidden.short": "How many neurons stand between the image and the outputs; commas separate layers.",
  "word.hidden.more": "More units can distinguish more, but take longer to train. Without any, the network is ten "
    + "weighted sums of pixels, and still reads about 92 of 100 digits.",
  "word.output": "Output function",
  "word.output.short": "Softmax makes the ten outputs compete for 100 %; sigmoid judges every digit by itself.",
  "word.output.more": "Softmax goes with cross-entropy: together their error at the output is simply o − l.",
  "word.initializer": "First weights",
  "word.initializer.short": "How the random weights are drawn that training starts from.",
  "word.initializer.more": "They must differ, or all hidden neurons would learn the same. They must be of the "
    + "right size, or signals vanish or explode on their way through the layers.",
  "word.seed": "Seed",
  "word.seed.short": "The number that all random choices follow from: the same seed gives the same training.",
  "word.seed.more": "To see how much is luck, try several.",
  "word.optimizer": "Optimizer",
  "word.optimizer.short": "How derivatives become steps: plain, with momentum, or with a rate for each weight "
    + "(Adam).",
  "word.optimizer.more": "Momentum keeps some of the last steps’ direction. Adam divides each step by the usual "
    + "size of that weight’s derivative, so it needs other rates than plain descent.",
  "word.rate": "Learning rate η",
  "word.rate.short": "How large a step is: too small a rate learns slowly, too large a one jumps over the valleys.",
  "word.rate.more": "It is the setting that matters most. The automatic rate was found by trying many on this kind "
    + "of network.",
  "word.batch": "Batch size",
  "word.batch.short": "How many images are looked at before the weights are changed once, by their average.",
  "word.batch.more": "Larger batches give smoother steps, but fewer of them for the same number of images.",
  "word.l2": "L2 penalty",
  "word.l2.short": "Pulls all weights a little towards 0, so that none grows large without need.",
  "word.l2.more": "It can help a network to do as well on new images as on those it learned from.",
  "word.dropout": "Dropout",
  "word.dropout.short": "Leaves out a random share of the hidden neurons at each image, in training only.",
  "word.dropout.more": "No neuron can then rely on one other; it helps large networks that would learn by heart.",
  "word.subset": "Training images",
  "word.subset.short": "How many of the 60,000 images are used.",
  "word.subset.more": "With fewer images a network soon knows them by heart, and does worse on the test images.",
  "word.fault": "Fault",
  "word.fault.short": "A classic mistake, made on purpose, to show what it does to training.",
  "word.fault.more": "Many programs with such a fault still learn something, so it goes unnoticed. Comparing "
    + "derivatives with ones taken numerically finds it.",
  "word.speed": "Speed",
  "word.speed.short": "How many images are learned in a second; go slowly to watch single updates.",
  "word.speed.more": "At full speed, a small network learns all 60,000 images in about a second.",
  "word.goal": "Where training stops",
  "word.goal.short": "Training stops by itself after some epochs, at a share of right answers, or when it stops "
    + "improving.",
  "word.goal.more": "The last of these looks at the loss of the test images after each epoch. This is early stopping: "
    + "it ends a training before the network learns its images by heart.",
  "word.epoch": "Epoch",
  "word.epoch.short": "One pass through all training images.",
  "word.epoch.more": "After each epoch the images come in a new order.",
  "word.sample": "Sample",
  "word.sample.short": "One image with its label.",
  "word.sample.more": "With a batch size of 1, every sample changes the weights.",
  "word.accuracy": "Right answers",
  "word.accuracy.short": "The share of images for which the largest output belongs to the right digit.",
  "word.accuracy.more": "The share on test images is the one to trust: they were not learned.",
  "word.curve": "Loss curve",
  "word.curve.short": "The average loss, on images just before they are learned, and on test images.",
  "word.curve.more": "If the training loss keeps falling while the test loss rises, the network is learning by "
    + "heart.",
  "word.confusion": "Confusion matrix",
  "word.confusion.short": "How often each digit (down the side) is read as each digit (along the top).",
  "word.confusion.more": "Right answers lie on the diagonal. Common mistakes are 4 for 9, 3 for 5 and 7 for 2.",
  "word.moment": "Moment",
  "word.moment.short": "The network as it was at one time in its training, all weights kept.",
  "word.moment.more": "There are more of them at the beginning, where most happens.",
  "word.race": "Race",
  "word.race.short": "Several training runs at once, which differ only in what you choose.",
  "word.race.more": "They see the same images in the same order. Say which will win before you press Start.",
  "word.guess": "Guess",
  "word.guess.short": "Say who will win before you start: a guess shows what you have understood; a result alone "
    + "does not.",
  "word.guess.more": "The winner reads the most of the 10,000 test images correctly at the end. A lead of less than "
    + "half a point is luck: another seed may turn it around.",
  "word.lane": "Lane",
  "word.lane.short": "One of the training runs side by side; its settings can be opened and changed.",
  "word.lane.more": "All lanes see the same images in the same order, so they differ by their settings alone.",
  "word.changes": "What is different",
  "word.changes.short": "How this run differs from the classic settings, and what you can learn from it.",
  "word.changes.more": "The classic settings are 20 hidden units, sigmoid everywhere, and one image for each update.",
  "word.map": "Map of a layer",
  "word.map.short": "Each test digit where this layer puts it: what the layer finds alike lies together.",
  "word.map.more": "A layer has as many numbers as it has neurons. The map shows the two directions in which they "
    + "differ most (principal components). Compare the pixels with the last hidden layer: training pulls the ten "
    + "digits apart.",
  "word.robust": "Robustness",
  "word.robust.short": "Turn and shift the picture or add noise, and see when the answer changes.",
  "word.robust.more": "People hardly notice such changes. A network tolerates only what it met in training, so it is "
    + "often trained with pictures that are turned and shifted a little.",
  "word.model": "Model",
  "word.model.short": "The network in use: its shape is the number of inputs, of hidden units and of outputs.",
  "word.model.more": "The reader is large and reads people’s writing. The small ones have one hidden layer of 20 "
    + "units, so that every number can be followed.",
};
