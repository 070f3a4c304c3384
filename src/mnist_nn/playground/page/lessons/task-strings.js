/**
 * English text of the tasks that are ready to be set.
 */

export const en = {
  "task.units.title": "93 % with 12 units",
  "task.units": "Reach 93 % on the test digits with 12 hidden units. What did you change, and what helped most?",
  "task.rescue.title": "Which setting broke this training run?",
  "task.rescue": "This training run fails. Find the one setting that broke it, change only that, and reach 90 %.",
  "task.derivative.title": "Find the broken derivative",
  "task.derivative": "In this network, one step of backpropagation is computed wrongly. Go through the steps, "
    + "compare each derivative with the one computed numerically, and say which equation is wrong, and how.",
  "task.lane.title": "Which lane is right?",
  "task.lane": "Three networks have the same settings. One of them is correct. In another, all weights start at "
    + "zero. In the third, the derivatives of a batch are summed instead of averaged. Which is which, and how can "
    + "you tell?",
  "task.guess.title": "Guess the winner",
  "task.guess": "Choose the lane that you think will win, and write down why. Then start the race.",
  "task.data.title": "Too few examples",
  "task.data": "You have only 500 training images. Train a network that reads as many test digits correctly as "
    + "possible.",
  "task.fool.title": "Fool the network",
  "task.fool": "Draw a digit that everybody here can read but the network cannot. What do your examples have in "
    + "common?",
};
