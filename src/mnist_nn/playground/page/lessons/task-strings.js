/**
 * English text of the tasks that are ready to be set.
 */

export const en = {
  "task.units.title": "93 % with 12 units",
  "task.units": "Reach 93 % on the test digits with 12 hidden units. What did you change, and what helped most?",
  "task.rescue.title": "Which setting broke this training?",
  "task.rescue": "This training fails. Find the one setting that broke it, change only that, and reach 90 %.",
  "task.derivative.title": "Find the broken derivative",
  "task.derivative": "In this network, one step of backpropagation is computed wrongly. Go through the steps, compare "
    + "each derivative with the one taken numerically, and say which equation is wrong, and how.",
  "task.lane.title": "Which lane is right?",
  "task.lane": "Three networks with the same settings. One is right. In one, all weights start at zero; in one, the "
    + "derivatives of a batch are summed and not averaged. Which is which, and how can you tell?",
  "task.guess.title": "Guess the winner",
  "task.guess": "Choose the lane that you think will win, and write down why. Then start the race.",
  "task.data.title": "Too few examples",
  "task.data": "With only 500 training images, bring the test digits read correctly as high as you can.",
  "task.fool.title": "Fool the network",
  "task.fool": "Draw a digit that everybody here can read and the network cannot. What do your examples have in "
    + "common?",
};
