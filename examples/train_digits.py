"""Train a network of 64 hidden units for three epochs: at least 96 % of the test images must be right.

Run it with: python examples/train_digits.py
"""

import sys

from mnist_nn import Network, NetworkConfig, TrainingConfig, evaluate, load_data, train

GOAL = 0.96

shape = NetworkConfig(hidden=(64,), activation="relu", output="softmax")
config = TrainingConfig(loss="cross_entropy", epochs=3)
data = load_data("mnist")

for epoch in train(Network.create(shape, seed=1), data.train, config):
    print(f"epoch {epoch.scores.epoch}: loss {epoch.scores.loss:.4f}")

result = evaluate(epoch.network, data.test)
print(f"{result.accuracy:.2%} of the test images are right; the goal is {GOAL:.0%}")
sys.exit(result.accuracy < GOAL)
