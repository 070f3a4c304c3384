import numpy as np


class Net:
    def __init__(self, nx, nh, ny):
        rng = np.random.default_rng(1)
        self.params = {
            "w1": rng.normal(0, 0.5, (nx, nh)),
            "b1": np.zeros(nh),
            "w2": rng.normal(0, 0.5, (nh, ny)),
            "b2": np.zeros(ny),
        }

    def train_step(self, x, y, lr):
        p = self.params
        h = 1 / (1 + np.exp(-(x @ p["w1"] + p["b1"])))
        o = 1 / (1 + np.exp(-(h @ p["w2"] + p["b2"])))
        loss = np.mean((o - y) ** 2)
        do = 2 * (o - y) / o.size * o * (1 - o)
        dh = do @ p["w2"].T * h * (1 - h)
        p["w2"] -= lr * h.T @ do
        p["b2"] -= lr * do.sum(0)
        p["w1"] -= lr * x.T @ dh
        p["b1"] -= lr * dh.sum(0)
        return loss
