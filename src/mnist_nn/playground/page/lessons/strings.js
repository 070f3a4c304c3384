/**
 * English text of the guided lessons: of card N of a lesson its title, its text, its question with the answers, why the
 * right one is right, and what the button says that shows something.
 */

export const en = {
  "first.title": "How a network learns",
  "first.about": "The first lesson: 12 cards, about eight minutes. No prior knowledge needed.",
  "first.1": "Draw a digit",
  "first.1.text": "Draw any digit on the sheet, and watch the network at the right read it. Draw it badly, too: at "
    + "some point the network is no longer sure. When you have had enough, go on.",
  "first.2": "What the network sees",
  "first.2.text": "This is all it receives: 28 × 28 pixels, each a number between 0 and 1. It does not know what a "
    + "line is, or a loop. It has learned to read from 60,000 examples. How? Let us watch a smaller network do it, "
    + "from the start.",
  "first.3": "A network that knows nothing",
  "first.3.text": "This one has 20 neurons in the middle (h) and 10 at the end (o), one for each digit. Its "
    + "weights are random numbers: it has never seen a digit.",
  "first.3.ask": "What will it answer for this 7?",
  "first.3.a0": "7, of course",
  "first.3.a1": "Something arbitrary",
  "first.3.a2": "Nothing: all outputs are 0",
  "first.3.because": "Random weights give arbitrary outputs. Look at the ten numbers at the right: no digit is far "
    + "ahead.",
  "first.4": "How the answer comes about",
  "first.4.text": "Each neuron multiplies every pixel by a weight and adds it all up. Each line is one such "
    + "product: blue raises the sum, orange lowers it, and a wider line is a larger product. The sum of one neuron "
    + "is worked out at the side. Press the button to see the whole way from the image to the answer.",
  "first.4.do": "Play it",
  "first.5": "How wrong is it?",
  "first.5.text": "The loss is one number that says how wrong the answer is. Here it is −ln of the output for the "
    + "right digit, 7. The smaller that output, the larger the loss.",
  "first.5.ask": "What would the loss be if the output for 7 were exactly 1?",
  "first.5.a0": "0",
  "first.5.a1": "1",
  "first.5.a2": "Infinite",
  "first.5.because": "ln 1 = 0. A perfect answer costs nothing, and learning means making this number smaller.",
  "first.6": "Who is to blame?",
  "first.6.text": "Now we go back. The error δ of an output is the output minus the label: o − l. The label is 1 "
    + "for the 7 and 0 for all other digits.",
  "first.6.ask": "Which output has the largest error?",
  "first.6.a0": "They are all equal",
  "first.6.a1": "The one for 0",
  "first.6.a2": "The one for 7",
  "first.6.because": "The rings show the errors. Output 7 should have been 1 and was not even 0.1: its ring is "
    + "wide and orange, which means too small. All others are blue: a little too large.",
  "first.7": "Errors travel backward",
  "first.7.text": "A hidden neuron has no label. Its blame comes back from the outputs, through the same lines and "
    + "the same weights. That is backpropagation. The sum is then multiplied by the slope of the neuron’s "
    + "activation, h (1 − h).",
  "first.7.ask": "A neuron has h = 0.999. What happens to its error?",
  "first.7.a0": "It nearly vanishes",
  "first.7.a1": "It stays as it is",
  "first.7.a2": "It becomes huge",
  "first.7.because": "0.999 · 0.001 is about 0.001. Such a neuron is saturated: it can hardly move, so changing it "
    + "would hardly help. That is why the slope σ′ stands in the equation.",
  "first.8": "Downhill, one weight at a time",
  "first.8.text": "The derivative of a weight is the slope of the loss, and a step goes down that slope. Choose "
    + "“100 test images, on average”, then drag the learning rate to the right. At some point the step jumps "
    + "across the valley and lands higher than it started.",
  "first.9": "One update",
  "first.9.text": "Every weight has taken its small step. The lines show how much each one changes; the list names "
    + "those that change most.",
  "first.9.ask": "The same image again, with the new weights: what is the output for 7 now?",
  "first.9.a0": "1: it has learned the image",
  "first.9.a1": "A little larger than before",
  "first.9.a2": "The same as before",
  "first.9.because": "One step is small. The table at the side has the outputs before and after it. It takes "
    + "thousands of such steps, with different images, to learn to read.",
  "first.10": "Sixty thousand images",
  "first.10.text": "Here a new network does just that, one image after the other. It begins slowly: one image a "
    + "second, so that you can see what each update did. Press the button and watch a few.",
  "first.10.do": "Start training",
  "first.11": "And now at full speed",
  "first.11.text": "The same arithmetic, as fast as your computer can do it.",
  "first.11.ask": "How long will it take to read 90 of 100 new digits correctly?",
  "first.11.a0": "About a second",
  "first.11.a1": "About a minute",
  "first.11.a2": "About an hour",
  "first.11.because": "Watch the curve. “Test” are digits that the network never learns from.",
  "first.12": "After training",
  "first.12.text": "The same network, trained. The outputs are nearly right and the errors so small that there is "
    + "little left to learn from this image. You have seen all of it: forward, loss, backward, update, and again. "
    + "Try your own images, or take the next lesson.",

  "stuck.title": "Why did it not learn?",
  "stuck.about": "Five classic mistakes, and how to find them. Six minutes.",
  "stuck.1": "All weights start at zero",
  "stuck.1.text": "Two networks, the same images in the same order. One starts with random weights, the other with "
    + "zeros.",
  "stuck.1.ask": "What will become of the 20 hidden neurons of the second one?",
  "stuck.1.a0": "They learn, only later",
  "stuck.1.a1": "They stay at zero",
  "stuck.1.a2": "They all learn the same",
  "stuck.1.because": "Neurons that start alike get the same errors and the same steps. Their pictures are all the "
    + "same: twenty neurons do the work of one.",
  "stuck.2": "The wrong rate",
  "stuck.2.text": "The same network at three learning rates: 0.001, 0.03 and 1.",
  "stuck.2.ask": "Which will be ahead at the end?",
  "stuck.2.a0": "0.001: careful steps",
  "stuck.2.a1": "0.03",
  "stuck.2.a2": "1: large steps get further",
  "stuck.2.because": "Too small a rate does the right thing too slowly. Too large a one jumps across the valleys. "
    + "If a network does not learn, try rates ten times smaller and ten times larger first.",
  "stuck.3": "A sum for an average",
  "stuck.3.text": "Both look at 32 images before each step. One averages their derivatives; the other forgot to "
    + "divide by 32.",
  "stuck.3.ask": "What has the same effect?",
  "stuck.3.a0": "A rate 32 times too large",
  "stuck.3.a1": "Fewer images",
  "stuck.3.a2": "Nothing, it evens out",
  "stuck.3.because": "The direction is right and the step 32 times too long. Whoever changes the batch size and "
    + "forgets this finds that the rate no longer fits.",
  "stuck.4": "Without σ′",
  "stuck.4.text": "The second network leaves out the slope of the activation when errors go back. A common slip.",
  "stuck.4.ask": "Will it learn anything?",
  "stuck.4.a0": "Nothing at all",
  "stuck.4.a1": "Something, but less well",
  "stuck.4.a2": "Just as well",
  "stuck.4.because": "It still goes roughly downhill. That is why this mistake is so often overlooked: the program "
    + "“works”.",
  "stuck.5": "How to be sure",
  "stuck.5.text": "There is a test that finds every wrong derivative: move one weight a little up and a little "
    + "down, compute the loss both times, and divide the difference by the distance. Here each derivative stands "
    + "beside the one measured this way. In your own program, do this before anything else: mnist-nn "
    + "check-gradients does it for the library.",
  "stuck.6": "Softmax twice",
  "stuck.6.text": "Many libraries have a loss that applies softmax itself. The second network hands it outputs "
    + "that have been through softmax already.",
  "stuck.6.ask": "What will happen?",
  "stuck.6.a0": "It learns slowly",
  "stuck.6.a1": "It stops with an error",
  "stuck.6.a2": "It learns faster",
  "stuck.6.because": "Numbers between 0 and 1 are close together, so the second softmax makes everything look "
    + "alike. Errors are small, and learning crawls.",

  "better.title": "What makes it better?",
  "better.about": "Layers, activations, batches and data. Six minutes.",
  "better.1": "No hidden layer",
  "better.1.text": "This network goes straight from the pixels to the outputs: ten weighted sums, nothing more.",
  "better.1.ask": "How many of 100 test digits will it read correctly?",
  "better.1.a0": "About 50",
  "better.1.a1": "About 92",
  "better.1.a2": "About 98",
  "better.1.because": "Most digits can be told apart by where the ink is. For the rest, a network needs to combine "
    + "features, and that takes a hidden layer.",
  "better.2": "What is an activation good for?",
  "better.2.text": "Four networks that differ only in the activation of their hidden neurons. The last one has "
    + "none.",
  "better.2.ask": "Which one will be behind?",
  "better.2.a0": "Sigmoid",
  "better.2.a1": "tanh",
  "better.2.a2": "ReLU",
  "better.2.a3": "None",
  "better.2.because": "Without an activation, two layers are only one: a weighted sum of weighted sums is a "
    + "weighted sum.",
  "better.3": "One image, or all?",
  "better.3.text": "Three ways to step: after each image, after 32, or after all 10,000.",
  "better.3.ask": "Which learns least from the same number of images?",
  "better.3.a0": "After each image",
  "better.3.a1": "After all 10,000",
  "better.3.a2": "They are equal",
  "better.3.because": "One exact step in each epoch is far too few. Many rough steps get further than a few exact "
    + "ones.",
  "better.4": "Too few examples",
  "better.4.text": "64 hidden neurons, and only 500 training images. Watch both curves.",
  "better.4.ask": "What will the two loss curves do?",
  "better.4.a0": "Both fall alike",
  "better.4.a1": "Both rise",
  "better.4.a2": "Training falls, test stays behind",
  "better.4.because": "It learns its 500 images by heart. The gap between the curves is called overfitting; more "
    + "images are the best cure.",
  "better.5": "All of it together",
  "better.5.text": "64 hidden units, ReLU, softmax, batches of 16, all 60,000 images. Press the button and see how "
    + "far it gets. Then change one setting at a time and try to beat it.",
  "better.5.do": "Start training",

  "classic.title": "The loss that is printed, and the loss that is descended",
  "classic.about": "A famous shortcut, looked at closely. Four minutes.",
  "classic.1": "The classic network",
  "classic.1.text": "Many first programs print the mean squared error, as this network does. It is the first of "
    + "the two losses here.",
  "classic.2": "The error it uses",
  "classic.2.text": "On the way back, the same programs use δ = o − l at a sigmoid output, because it is short and "
    + "works well.",
  "classic.2.ask": "Is that the derivative of the mean squared error?",
  "classic.2.a0": "Yes",
  "classic.2.a1": "No",
  "classic.2.because": "For the mean squared error there would be two more factors: 2/10 and the slope o (1 − o). "
    + "What o − l belongs to is the cross-entropy.",
  "classic.3": "Let numbers decide",
  "classic.3.text": "The table compares the derivative that the update uses with those of three losses, each taken "
    + "numerically. One of them is equal: it is the loss that this network really descends.",
  "classic.4": "Does it matter?",
  "classic.4.text": "One lane follows the true gradient of the mean squared error. The other uses softmax and "
    + "cross-entropy.",
  "classic.4.ask": "Which one starts faster?",
  "classic.4.a0": "The squared error",
  "classic.4.a1": "Cross-entropy",
  "classic.4.because": "An output that is quite wrong is saturated, so its slope o (1 − o) is nearly 0: with the "
    + "squared error it learns slowly just when it has most to learn. The shortcut was the better choice all "
    + "along. Only the number that is printed is that of another loss.",
};
