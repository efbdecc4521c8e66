"""The lecture's network in PyTorch, taking turns; runs in an environment of its own.

``python torch_contender.py MNIST.npz BATCH DIGITS``: imports nothing of the lab.
"""

import json
import sys
import time

import numpy as np
import torch
from torch import nn


class LectureNetwork(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.layers = nn.Sequential(
            nn.Conv2d(1, 32, 5, padding=2),
            nn.ReLU(),
            nn.MaxPool2d(2),
            # Keras pads a 2x2 kernel at the right and below.
            nn.ZeroPad2d((0, 1, 0, 1)),
            nn.Conv2d(32, 64, 2),
            nn.ReLU(),
            nn.MaxPool2d(2),
            nn.Dropout(0.25),
            nn.Flatten(),
            nn.Linear(3136, 1000),
            nn.ReLU(),
            nn.Linear(1000, 10),
        )

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.layers(x)


def main() -> None:
    path, batch, digits = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    with np.load(path) as stored:
        images = stored["x_train"][:digits].astype(np.float32) / 255
        x = torch.from_numpy(images[:, None])
        y = torch.from_numpy(stored["y_train"][:digits].astype(np.int64))
    model = LectureNetwork().to(memory_format=torch.channels_last)
    assert sum(each.numel() for each in model.parameters()) == 3_156_098
    model.train()
    optimizer = torch.optim.Adam(model.parameters(), 1e-3, fused=True)
    criterion = nn.CrossEntropyLoss()
    while sys.stdin.readline():
        began = time.perf_counter()
        # As in Keras, loss and accuracy of the epoch are kept; nothing waits for them.
        loss_sum, hits = torch.zeros(()), torch.zeros(())
        for places in torch.randperm(len(x)).split(batch):
            pixels = x[places].contiguous(memory_format=torch.channels_last)
            labels = y[places]
            optimizer.zero_grad(set_to_none=True)
            logits = model(pixels)
            loss = criterion(logits, labels)
            loss.backward()
            optimizer.step()
            loss_sum += loss.detach() * len(labels)
            hits += (logits.detach().argmax(1) == labels).sum()
        seconds = time.perf_counter() - began
        print(json.dumps({"training": seconds, "rest": 0.0}), flush=True)


if __name__ == "__main__":
    main()
