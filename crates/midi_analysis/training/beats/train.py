#!/usr/bin/env python3
"""train.py ONSETS WEIGHTS FOLDER=ORIGIN=LICENCE=KIND...: learns the network of the beats.

ONSETS is what the example `beats` writes of the same folders, and says what is in it. The network has the layers of
src/analysis/rhythm/beat_net.rs. A tenth of the pieces is not learned from, and gives the score. Needs torch and numpy;
half an hour on one core. Where it was ended, it goes on from WEIGHTS.pt. `scripts/train` calls it.
"""

import os
import struct
import sys

import numpy as np
import torch
from torch import nn
from torch.nn import functional

from export import write
from recurrent import Both

UNITS, BINS, METERS = 32, 32, 9
DROPPED = 0.05
BATCH, CROP, STEPS, RATE, DECAY = 48, 256, 13_000, 5e-3, 1e-3
KEPT_EVERY = 200
HELD_OUT = 10
FEWEST = 24
# Standard deviation in bins of the interval that is right.
BLUR = 0.8
# Bins that are none: outside of the beats, and within them at a tempo that is nobody's.
OUTSIDE, UNTIMED = -1, -2
# Weight of onsets outside of the beats, where there may be some that are not annotated.
OUTER = 0.2
# Certainty that is asked of a mark.
SMOOTHED = 0.02
INTERVAL, METER = 0.3, 0.15
SCALE = 32.0
LIKELY = 0.45
AXIS = torch.arange(BINS).float()


class Pieces:
    """The pieces of a set, one after another."""

    def __init__(self, pieces):
        self.length = np.array([len(piece["x"]) for piece in pieces])
        self.first = np.cumsum(self.length) - self.length
        self.meter = np.array([piece["meter"] for piece in pieces])
        for name in ("x", "beat", "down", "bin"):
            setattr(self, name, np.concatenate([piece[name] for piece in pieces]))
        self.count = len({piece["number"] for piece in pieces})
        self.often = self.length / self.length.sum()

    def batch(self, chosen, starts, length):
        """Crops of so many onsets: inputs, marks, bins, which onsets there are, meters."""
        places = starts[:, None] + np.arange(length)
        known = places < self.length[chosen][:, None]
        places = np.where(known, places, 0) + self.first[chosen][:, None]
        x = self.x[places].astype(np.float32) / SCALE
        marks = np.stack([self.beat[places], self.down[places]], -1).astype(np.float32)
        parts = (x, marks, self.bin[places], known.astype(np.float32), self.meter[chosen])
        return [torch.from_numpy(part) for part in parts]

    def draw(self, chance, count):
        chosen = chance.choice(len(self.length), count, p=self.often)
        starts = (chance.random(count) * np.maximum(self.length[chosen] - CROP + 1, 1)).astype(np.int64)
        return self.batch(chosen, starts, CROP)


def read(path):
    """The pieces by set: those to learn from, and those held out."""
    data = np.memmap(path, np.uint8, "r")
    at, sets = 0, {}
    while at < len(data):
        number_of_set, number, onsets, meter, inputs = struct.unpack_from("<IIIiI", data, at)
        at += 20

        def take(kind, count):
            nonlocal at
            values = np.frombuffer(data, kind, count, at)
            at += values.nbytes
            return values

        piece = {"number": number, "meter": meter, "x": take("i1", onsets * inputs).reshape(onsets, inputs)}
        piece["beat"], piece["down"], piece["bin"] = take("u1", onsets), take("u1", onsets), take("<f4", onsets)
        if onsets >= FEWEST:
            sets.setdefault(number_of_set, ([], []))[number % HELD_OUT == 0].append(piece)
    return [sets[each] for each in sorted(sets)]


class Net(nn.Module):
    """Log-odds that an onset is a beat and a downbeat, of the intervals and of the meters."""

    def __init__(self, inputs):
        super().__init__()
        self.enter = nn.Linear(inputs, UNITS)
        self.lower = Both(UNITS, UNITS)
        self.whole = nn.Linear(2 * UNITS, 2 * UNITS)
        self.upper = Both(2 * UNITS, UNITS)
        self.leave = nn.Linear(2 * UNITS, 2 + BINS + METERS)

    def forward(self, x, known):
        if self.training:
            # Some inputs are unknown in a whole crop.
            x = x * (torch.rand(x.shape[0], 1, x.shape[2]) > DROPPED)
        known = known.T.contiguous()
        x = self.lower(torch.relu(self.enter(x)).permute(1, 2, 0).contiguous(), known)
        mean = (x * known[:, None]).sum(0) / known.sum(0)
        x = functional.dropout(x + self.whole(mean.T).T, DROPPED, self.training)
        x = functional.dropout(self.upper(x, known), DROPPED, self.training)
        return self.leave(x.permute(2, 0, 1))


def loss(out, marks, bins, known, meters):
    weight = known * torch.where(bins == OUTSIDE, OUTER, 1.0)
    goal = marks.clamp(SMOOTHED, 1 - SMOOTHED)
    cost = functional.binary_cross_entropy_with_logits(out[..., :2], goal, reduction="none")
    cost = (cost.sum(-1) * weight).sum() / weight.sum()
    timed = known * (bins >= 0)
    goal = torch.exp(-0.5 * ((AXIS - bins[..., None]) / BLUR) ** 2)
    goal = goal / goal.sum(-1, keepdim=True).clamp(min=1e-6)
    interval = -(goal * torch.log_softmax(out[..., 2 : 2 + BINS], -1)).sum(-1)
    cost = cost + INTERVAL * (interval * timed).sum() / timed.sum().clamp(min=1)
    mean = (out[..., 2 + BINS :] * known[..., None]).sum(1) / known.sum(1, keepdim=True)
    meter = functional.cross_entropy(mean, meters, ignore_index=-1, reduction="sum")
    return cost + METER * meter / (meters >= 0).sum().clamp(min=1)


def learn(sets, inputs, path):
    """The network."""
    torch.manual_seed(1)
    chance = np.random.default_rng(1)
    net = Net(inputs)
    descent = torch.optim.AdamW(net.parameters(), lr=RATE, weight_decay=DECAY)
    rate = torch.optim.lr_scheduler.OneCycleLR(descent, RATE, total_steps=STEPS + 1, pct_start=0.1)
    # A set is drawn by the root of its onsets, so that large ones do not drown the others.
    often = np.array([np.sqrt(len(each.x)) for each in sets])
    counts = np.maximum(np.rint(BATCH * often / often.sum()), 1).astype(int)
    step, mean = 0, 0.0
    if os.path.exists(path):
        kept = torch.load(path, weights_only=False)
        for each, state in zip((net, descent, rate), kept["states"]):
            each.load_state_dict(state)
        step, chance = kept["step"], kept["chance"]
        torch.set_rng_state(kept["torch"])
    while step < STEPS:
        drawn = [each.draw(chance, count) for each, count in zip(sets, counts)]
        x, *goals = (torch.cat(parts) for parts in zip(*drawn))
        cost = loss(net(x, goals[2]), *goals)
        descent.zero_grad()
        cost.backward()
        nn.utils.clip_grad_norm_(net.parameters(), 1.0)
        descent.step()
        rate.step()
        step += 1
        mean += float(cost.detach()) / KEPT_EVERY
        if step % KEPT_EVERY == 0:
            print(f"step {step}: {mean:.4f}", file=sys.stderr, flush=True)
            mean = 0.0
            states = [each.state_dict() for each in (net, descent, rate)]
            torch.save({"states": states, "step": step, "chance": chance, "torch": torch.get_rng_state()}, path)
    return net.eval()


def f_measures(net, pieces):
    """Means over pieces of the F measures of beats and downbeats among the onsets, and the share with the right interval."""
    found, seen = [], set()
    for piece in pieces:
        # One performance of each piece.
        if piece["number"] in seen:
            continue
        seen.add(piece["number"])
        alone = Pieces([piece])
        x, marks, bins, known, _ = alone.batch(np.array([0]), np.array([0]), len(piece["x"]))
        with torch.no_grad():
            out = net(x, known)[0]
        likely, right = torch.sigmoid(out[:, :2]) > LIKELY, marks[0] > 0
        both = 2 * (likely & right).sum(0) / (likely.sum(0) + right.sum(0)).clamp(min=1)
        timed = bins[0] >= 0
        level = (out[:, 2 : 2 + BINS].argmax(-1) - bins[0])[timed].abs() <= 1.5
        found.append([float(both[0]), float(both[1]), float(level.float().mean()) if timed.any() else np.nan])
    return np.nanmean(np.array(found), 0) if found else np.zeros(3)


def main():
    onsets, weights, *folders = sys.argv[1:]
    torch.set_num_threads(1)
    sets = read(onsets)
    learned = [Pieces(pieces) for pieces, _ in sets]
    net = learn(learned, learned[0].x.shape[1], weights + ".pt")
    scores = np.array([f_measures(net, held_out) for _, held_out in sets])
    print(np.round(scores, 3), file=sys.stderr)
    text = ", ".join(f"{score:.3f}" for score in scores[:, 0])
    score = f"F measure of the beats among the onsets, of a tenth of the pieces that the weights were not learned from: {text}, by set"
    data = [folder.split("=")[1:3] + [each.count] for folder, each in zip(folders, learned)]
    write(net, weights, score, data)


if __name__ == "__main__":
    main()
