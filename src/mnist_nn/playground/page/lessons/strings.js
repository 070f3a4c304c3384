/**
 * English text of the guided lessons: of card N of a lesson its title, its text, its question with the answers, why the
 * right one is right, and what the button says that shows something.
 */

export const en = {
  "first.title": "How a network learns",
  "first.about": "The first lesson: 12 cards, about eight minutes. No prior knowledge needed.",
  "first.1": "Draw a digit",
  "first.1.text": "Draw any digit on the sheet and watch the network on the right read it. Draw it badly as well: "
    + "at some point the network will no longer be sure. Go on when you have tried enough.",
  "first.2": "What the network sees",
  "first.2.text": "This is all it receives: 28 × 28 pixels, each a number between 0 and 1. It does not know what a "
    + "line or a loop is. It has learned to read from 60,000 examples. How? Let us watch a smaller network learn, "
    + "from the start.",
  "first.3": "A network that knows nothing",
  "first.3.text": "This network has 20 neurons in the middle (h) and 10 at the end (o), one for each digit. Its "
    + "weights are random numbers, because it has never seen a digit.",
  "first.3.ask": "What answer will it give for this 7?",
  "first.3.a0": "7, of course",
  "first.3.a1": "Something arbitrary",
  "first.3.a2": "Nothing: all outputs are 0",
  "first.3.because": "Random weights give arbitrary outputs. Look at the ten numbers on the right: no digit is far "
    + "ahead.",
  "first.4": "How the network reaches its answer",
  "first.4.text": "Each neuron multiplies every pixel by a weight and adds up the products. Each line is one such "
    + "product: blue raises the sum, orange lowers it, and a wider line is a larger product. The panel at the side "
    + "works out the sum of one neuron. Press the button to see the whole way from the image to the answer.",
  "first.4.do": "Play the steps",
  "first.5": "How wrong is it?",
  "first.5.text": "The loss is one number that says how wrong the answer is. Here it is −ln of the output for the "
    + "right digit, 7. The smaller that output, the larger the loss.",
  "first.5.ask": "What would the loss be if the output for 7 were exactly 1?",
  "first.5.a0": "0",
  "first.5.a1": "1",
  "first.5.a2": "Infinite",
  "first.5.because": "ln 1 = 0. A perfect answer costs nothing, and learning means making this number smaller.",
  "first.6": "Who is to blame?",
  "first.6.text": "Now we go backward. The error δ of an output is the output minus the label: o − l. The label is "
    + "1 for the 7 and 0 for all other digits.",
  "first.6.ask": "Which output has the largest error?",
  "first.6.a0": "They are all equal",
  "first.6.a1": "The one for 0",
  "first.6.a2": "The one for 7",
  "first.6.because": "The rings show the errors. Output 7 should have been 1 and was not even 0.1. Its ring is wide "
    + "and orange, which means too small. All others are blue, which means a little too large.",
  "first.7": "Errors travel backward",
  "first.7.text": "A hidden neuron has no label. Its share of the blame comes back from the outputs, along the same "
    + "lines and through the same weights. This is called backpropagation. The sum is then multiplied by the slope "
    + "of the neuron’s activation, h (1 − h).",
  "first.7.ask": "A neuron has h = 0.999. What happens to its error?",
  "first.7.a0": "It nearly vanishes",
  "first.7.a1": "It stays as it is",
  "first.7.a2": "It becomes huge",
  "first.7.because": "0.999 · 0.001 is about 0.001. Such a neuron is saturated: it can hardly move, so changing it "
    + "would hardly help. That is why the slope σ′ is part of the equation.",
  "first.8": "Downhill, one weight at a time",
  "first.8.text": "The derivative for a weight is the slope of the loss, and each step goes down that slope. Choose "
    + "“100 test images, on average”, then drag the learning rate to the right. At some point the step jumps across "
    + "the valley and lands higher than it started.",
  "first.9": "One update",
  "first.9.text": "Every weight has taken its small step. The lines show how much each weight changes, and the list "
    + "names the ones that change most.",
  "first.9.ask": "If the same image comes again, with the new weights, what is the output for 7?",
  "first.9.a0": "1: it has learned the image",
  "first.9.a1": "A little larger than before",
  "first.9.a2": "The same as before",
  "first.9.because": "One step is small. The table at the side shows the outputs before and after it. It takes "
    + "thousands of such steps, with different images, to learn to read.",
  "first.10": "Sixty thousand images",
  "first.10.text": "Here a new network learns in just this way, one image after another. It begins slowly, with one "
    + "image a second, so that you can see what each update does. Press the button and watch a few.",
  "first.10.do": "Start training",
  "first.11": "And now at full speed",
  "first.11.text": "This is the same arithmetic, as fast as your computer can do it.",
  "first.11.ask": "How long will it take to read 90 of 100 new digits correctly?",
  "first.11.a0": "About a second",
  "first.11.a1": "About a minute",
  "first.11.a2": "About an hour",
  "first.11.because": "Watch the curve named “test”: it counts digits that the network never learns from.",
  "first.12": "After training",
  "first.12.text": "This is the same network after training. Its outputs are nearly right, and its errors are so "
    + "small that there is little left to learn from this image. You have now seen every step: forward, loss, "
    + "backward, update, and then all of them again. Try your own images, or take the next lesson.",

  "stuck.title": "Why did it not learn?",
  "stuck.about": "Five classic mistakes, and how to find them. Six minutes.",
  "stuck.1": "All weights start at zero",
  "stuck.1.text": "Two networks learn from the same images in the same order. One starts with random weights, the "
    + "other with zeros.",
  "stuck.1.ask": "What will become of the 20 hidden neurons of the second one?",
  "stuck.1.a0": "They learn, but more slowly",
  "stuck.1.a1": "They stay at zero",
  "stuck.1.a2": "They all learn the same thing",
  "stuck.1.because": "Neurons that start with the same weights get the same errors and take the same steps. Their "
    + "pictures are all the same: twenty neurons do the work of one.",
  "stuck.2": "The wrong learning rate",
  "stuck.2.text": "The same network is trained at three learning rates: 0.001, 0.03 and 1.",
  "stuck.2.ask": "Which one will be ahead at the end?",
  "stuck.2.a0": "0.001: careful steps",
  "stuck.2.a1": "0.03",
  "stuck.2.a2": "1: large steps get further",
  "stuck.2.because": "A rate that is too small does the right thing too slowly. One that is too large jumps across "
    + "the valleys. If a network does not learn, first try rates ten times smaller and ten times larger.",
  "stuck.3": "A sum instead of an average",
  "stuck.3.text": "Both networks look at 32 images before each step. One averages the derivatives; the other "
    + "forgets to divide by 32.",
  "stuck.3.ask": "What would have the same effect?",
  "stuck.3.a0": "A learning rate 32 times too large",
  "stuck.3.a1": "Fewer images",
  "stuck.3.a2": "Nothing: it evens out",
  "stuck.3.because": "The direction is right, but the step is 32 times too long. With this mistake in a program, "
    + "the learning rate no longer fits as soon as someone changes the batch size.",
  "stuck.4": "Without σ′",
  "stuck.4.text": "The second network leaves out the slope of the activation when the errors go back. This is a "
    + "common slip.",
  "stuck.4.ask": "Will it learn anything?",
  "stuck.4.a0": "Nothing at all",
  "stuck.4.a1": "Something, but less well",
  "stuck.4.a2": "Just as well",
  "stuck.4.because": "The steps still go roughly downhill. That is why this mistake is so often overlooked: the "
    + "program “works”.",
  "stuck.5": "How to be sure",
  "stuck.5.text": "There is a test that finds every wrong derivative: move one weight a little up and a little "
    + "down, compute the loss both times, and divide the difference by the distance. Here you see each derivative "
    + "beside the one measured in this way. Do this in your own program before anything else. For this library, "
    + "mnist-nn check-gradients does it.",
  "stuck.6": "Softmax twice",
  "stuck.6.text": "Many libraries have a loss that applies softmax itself. The second network uses such "
    + "a loss, although its outputs have already been through softmax.",
  "stuck.6.ask": "What will happen?",
  "stuck.6.a0": "It learns slowly",
  "stuck.6.a1": "It stops with an error",
  "stuck.6.a2": "It learns faster",
  "stuck.6.because": "Numbers between 0 and 1 are close together, so the second softmax makes all outputs look "
    + "alike. The errors are small, and learning is very slow.",

  "better.title": "What makes it better?",
  "better.about": "Layers, activations, batches and data. Six minutes.",
  "better.1": "No hidden layer",
  "better.1.text": "This network goes straight from the pixels to the outputs: it computes ten weighted sums and "
    + "nothing more.",
  "better.1.ask": "How many of 100 test digits will it read correctly?",
  "better.1.a0": "About 50",
  "better.1.a1": "About 92",
  "better.1.a2": "About 98",
  "better.1.because": "Most digits can be told apart by where the ink is. For the rest, a network needs to combine "
    + "features, and that takes a hidden layer.",
  "better.2": "What is an activation good for?",
  "better.2.text": "Four networks that differ only in the activation of their hidden neurons. The last one has "
    + "none.",
  "better.2.ask": "Which one will come last?",
  "better.2.a0": "Sigmoid",
  "better.2.a1": "tanh",
  "better.2.a2": "ReLU",
  "better.2.a3": "None",
  "better.2.because": "Without an activation, two layers can do no more than one: a weighted sum of weighted sums "
    + "is just another weighted sum.",
  "better.3": "One image, or all?",
  "better.3.text": "Here are three choices of when to take a step: after each image, after 32 images, or after all "
    + "10,000.",
  "better.3.ask": "Which one learns least from the same number of images?",
  "better.3.a0": "After each image",
  "better.3.a1": "After all 10,000",
  "better.3.a2": "They are equal",
  "better.3.because": "One exact step per epoch is far too little. Many rough steps get further than a few exact "
    + "ones.",
  "better.4": "Too few examples",
  "better.4.text": "This network has 64 hidden neurons, but only 500 training images. Watch both curves.",
  "better.4.ask": "What will the two loss curves do?",
  "better.4.a0": "Both fall equally",
  "better.4.a1": "Both rise",
  "better.4.a2": "Training falls, test stays higher",
  "better.4.because": "The network learns its 500 images by heart. The gap between the curves is called "
    + "overfitting. More images are the best cure.",
  "better.5": "Everything together",
  "better.5.text": "This network has 64 hidden units with ReLU and a softmax output. It learns from all 60,000 "
    + "images in batches of 16. Press the button and see how far it gets. Then change one setting at a time and try "
    + "to beat it.",
  "better.5.do": "Start training",

  "classic.title": "The loss that is printed and the loss that is minimized",
  "classic.about": "A closer look at a famous shortcut. Four minutes.",
  "classic.1": "The classic network",
  "classic.1.text": "Many beginners’ programs print the mean squared error, as this network does. It is the first "
    + "of the two losses here.",
  "classic.2": "The error it uses",
  "classic.2.text": "On the way back, the same programs use δ = o − l at a sigmoid output, because it is short and "
    + "works well.",
  "classic.2.ask": "Is that the derivative of the mean squared error?",
  "classic.2.a0": "Yes",
  "classic.2.a1": "No",
  "classic.2.because": "For the mean squared error there would be two more factors: 2/10 and the slope o (1 − o). "
    + "The error o − l belongs to the cross-entropy instead.",
  "classic.3": "Let the numbers decide",
  "classic.3.text": "The table compares the derivative that the update uses with the derivatives of three losses, "
    + "each computed numerically. One of them is equal: it belongs to the loss that this network really minimizes.",
  "classic.4": "Does it matter?",
  "classic.4.text": "One lane follows the true gradient of the mean squared error. The other uses softmax and "
    + "cross-entropy.",
  "classic.4.ask": "Which one starts faster?",
  "classic.4.a0": "The squared error",
  "classic.4.a1": "Cross-entropy",
  "classic.4.because": "An output that is badly wrong is saturated, so its slope o (1 − o) is nearly 0. With the "
    + "squared error, it learns slowly just when it has the most to learn. The shortcut was the better choice all "
    + "along. Only the printed number belongs to another loss.",
};
