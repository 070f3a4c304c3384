import math


def train(network, x, y, lr):
    """network is a list with a dictionary for each layer."""
    (W1, b1), (W2, b2) = network
    h, o = [], []
    for j in range(len(W1)):
        h.append(1 / (1 + math.exp(-(sum(w * v for w, v in zip(W1[j], x)) + b1[j]))))
    for k in range(len(W2)):
        o.append(1 / (1 + math.exp(-(sum(w * v for w, v in zip(W2[k], h)) + b2[k]))))
    d_o = [(o[k] - y[k]) * o[k] * (1 - o[k]) for k in range(len(o))]
    d_h = [sum(W2[k][j] * d_o[k] for k in range(len(o))) * h[j] * (1 - h[j]) for j in range(len(h))]
    for k in range(len(o)):
        for j in range(len(h)):
            W2[k][j] -= lr * d_o[k] * h[j]
        b2[k] -= lr * d_o[k]
    for j in range(len(h)):
        for i in range(len(x)):
            W1[j][i] -= lr * d_h[j] * x[i]
        b1[j] -= lr * d_h[j]
