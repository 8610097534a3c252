"""train.py NETWORK MINUTES TRAINING=SHARE... [-- MEASURED...]: learns the network of the beats.

It goes on from NETWORK.pt if there is one, and writes it; `export.py` makes the weights of it.

TRAINING and MEASURED are files of `examples/beats`, which says what is in them. SHARE is how often the pieces of a
file are drawn. A tenth of the pieces is held out. The network has the layers of `src/analysis/rhythm/beat_net.rs`.
It needs PyTorch, and runs on one thread of a processor.
"""

import math
import os
import random
import struct
import sys
import time

import numpy as np
import torch
from torch import nn

STATES = 32
BINS = 32
METERS = 9
BATCH = 32
CROP = 160
RATE = 2.5e-3
HELD_OUT = 10
# Standard deviation in bins of the interval that is right.
BLUR = 0.8


def pieces(path):
    data = open(path, "rb").read()
    at = 0
    found = []
    while at < len(data):
        number, onsets, meter, inputs, beats, downbeats = struct.unpack_from("<IIiIII", data, at)
        at += 24

        def take(kind, count):
            nonlocal at
            values = np.frombuffer(data, kind, count, at)
            at += values.nbytes
            return values

        piece = {"number": number, "meter": meter, "x": take("i1", onsets * inputs).reshape(onsets, inputs)}
        piece["beat"], piece["down"] = take("u1", onsets), take("u1", onsets)
        piece["bin"], piece["s"] = take("<f4", onsets), take("<f4", onsets)
        piece["beats_s"], piece["downbeats_s"] = take("<f4", beats), take("<f4", downbeats)
        if onsets >= 24:
            found.append(piece)
    return found


class Net(nn.Module):
    def __init__(self, inputs):
        super().__init__()
        self.enter = nn.Linear(inputs, STATES)
        self.lower = nn.GRU(STATES, STATES, bidirectional=True)
        self.upper = nn.GRU(2 * STATES, STATES, bidirectional=True)
        self.leave = nn.Linear(2 * STATES, 2 + BINS + METERS)

    def forward(self, x):
        if self.training:
            x = x * (torch.rand(x.shape[0], 1, x.shape[2]) > 0.04)
        x = torch.relu(self.enter(x.transpose(0, 1)))
        x, _ = self.lower(nn.functional.dropout(x, 0.05, self.training))
        x, _ = self.upper(nn.functional.dropout(x, 0.2, self.training))
        x = nn.functional.dropout(x, 0.2, self.training)
        return self.leave(x).transpose(0, 1)


def batch(drawn):
    length = max(len(piece["x"]) for piece, _, _ in drawn)
    length = min(length, CROP)
    size = len(drawn)
    x = np.zeros((size, length, drawn[0][0]["x"].shape[1]), np.float32)
    marks = np.zeros((size, length, 2), np.float32)
    bins = np.full((size, length), -1, np.float32)
    known = np.zeros((size, length), np.float32)
    meters = np.full(size, -1)
    for row, (piece, start, stop) in enumerate(drawn):
        n = stop - start
        x[row, :n] = piece["x"][start:stop] / 32.0
        marks[row, :n, 0] = piece["beat"][start:stop]
        marks[row, :n, 1] = piece["down"][start:stop]
        bins[row, :n] = piece["bin"][start:stop]
        known[row, :n] = 1.0
        meters[row] = piece["meter"]
    return [torch.from_numpy(a) for a in (x, marks, bins, known, meters)]


AXIS = torch.arange(BINS).float()


def loss(out, marks, bins, known, meters):
    inside = known * (bins >= 0) + 0.2 * known * (bins < 0)
    bce = nn.functional.binary_cross_entropy_with_logits(out[..., :2], marks.clamp(0.02, 0.98), reduction="none")
    beat = (bce[..., 0] * inside).sum() / inside.sum()
    down = (bce[..., 1] * inside).sum() / inside.sum()
    has = known * (bins >= 0)
    target = torch.exp(-0.5 * ((AXIS - bins[..., None]) / BLUR) ** 2)
    target = target / target.sum(-1, keepdim=True).clamp(min=1e-6)
    logs = torch.log_softmax(out[..., 2 : 2 + BINS], -1)
    interval = (-(target * logs).sum(-1) * has).sum() / has.sum().clamp(min=1)
    pooled = (out[..., 2 + BINS :] * known[..., None]).sum(1) / known.sum(1, keepdim=True)
    meter = nn.functional.cross_entropy(pooled, meters, ignore_index=-1)
    if not torch.isfinite(meter):
        meter = torch.zeros(())
    return beat + down + 0.3 * interval + 0.15 * meter, (beat, down, interval, meter)


def measure(net, some):
    net.eval()
    sums = []
    with torch.no_grad():
        for piece in some:
            n = min(len(piece["x"]), 2048)
            x, marks, bins, known, meters = batch_whole(piece, n)
            out = net(x)
            _, parts = loss(out, marks, bins, known, meters)
            p = torch.sigmoid(out[0, :, 0]) > 0.45
            t = marks[0, :, 0] > 0
            f = 2 * (p & t).sum().item() / max(1, p.sum().item() + t.sum().item())
            p = torch.sigmoid(out[0, :, 1]) > 0.35
            t = marks[0, :, 1] > 0
            fd = 2 * (p & t).sum().item() / max(1, p.sum().item() + t.sum().item())
            logs = torch.log_softmax(out[0, :, 2 : 2 + BINS], -1)
            has = bins[0] >= 0
            level = (abs(logs.argmax(-1) - bins[0])[has] <= 1.5).float().mean().item()
            median = bins[0][has].median().item() if has.any() else 0
            pooled = float(abs(logs.mean(0).argmax().item() - median) <= 1.5)
            m = out[0, :, 2 + BINS :].mean(0).argmax().item()
            sums.append([part.item() for part in parts] + [f, fd, level, pooled, float(m == piece["meter"])])
    net.train()
    means = np.nanmean(np.array(sums), 0)
    names = "beat down interval meter F Fdown level pooled meter_right".split()
    return " ".join(f"{name} {mean:.3f}" for name, mean in zip(names, means))


def batch_whole(piece, n):
    global CROP
    crop, CROP = CROP, n
    try:
        return batch([(piece, 0, n)])
    finally:
        CROP = crop


def main():
    torch.set_num_threads(1)
    torch.manual_seed(1)
    random.seed(1)
    path, minutes, *words = sys.argv[1:]
    training = words[: words.index("--")] if "--" in words else words
    measured = words[words.index("--") + 1 :] if "--" in words else []
    sets = []
    for word in training:
        name, share = word.split("=")
        all_pieces = pieces(name)
        held = [p for p in all_pieces if p["number"] % HELD_OUT == 0]
        sets.append(([p for p in all_pieces if p["number"] % HELD_OUT], held[:20], float(share), name))
        print(name, len(all_pieces), sum(len(p["x"]) for p in all_pieces), flush=True)
    others = [(name, random.sample(found, min(30, len(found)))) for name in measured for found in [pieces(name)]]
    net = Net(sets[0][0][0]["x"].shape[1])
    if os.path.exists(path + ".pt"):
        net.load_state_dict(torch.load(path + ".pt"))
    print(sum(p.numel() for p in net.parameters()), "weights", flush=True)
    optimizer = torch.optim.AdamW(net.parameters(), lr=RATE, weight_decay=1e-3)
    begin, budget = time.time(), float(minutes) * 60
    step, shown, average = 0, 0.0, None
    shares = [s[2] for s in sets]
    # Pieces are drawn by length.
    lengths = [np.cumsum([len(p["x"]) for p in s[0]]) for s in sets]
    slow = None
    while (elapsed := time.time() - begin) < budget:
        done = elapsed / budget
        rate = RATE * min(1.0, step / 200 + 0.05) * (0.5 + 0.5 * math.cos(math.pi * done)) + 1e-5
        for group in optimizer.param_groups:
            group["lr"] = rate
        drawn = []
        for which in random.choices(range(len(sets)), shares, k=BATCH):
            at = random.randrange(int(lengths[which][-1]))
            piece = sets[which][0][int(np.searchsorted(lengths[which], at, side="right"))]
            n = len(piece["x"])
            start = random.randrange(n - CROP + 1) if n > CROP else 0
            drawn.append((piece, start, min(n, start + CROP)))
        x, marks, bins, known, meters = batch(drawn)
        total, parts = loss(net(x), marks, bins, known, meters)
        optimizer.zero_grad()
        total.backward()
        nn.utils.clip_grad_norm_(net.parameters(), 1.0)
        optimizer.step()
        values = np.array([part.item() for part in parts])
        average = values if average is None else 0.99 * average + 0.01 * values
        step += 1
        with torch.no_grad():
            state = net.state_dict()
            if slow is None:
                slow = {k: v.clone() for k, v in state.items()}
            else:
                keep = min(0.999, step / (step + 50))
                for k, v in state.items():
                    slow[k].mul_(keep).add_(v, alpha=1 - keep)
        if time.time() - begin > shown + budget / 5:
            shown = time.time() - begin
            print(f"{shown:.0f}s step {step}", np.round(average, 4), flush=True)
            kept = {k: v.clone() for k, v in net.state_dict().items()}
            net.load_state_dict(slow)
            for _, held, _, name in sets:
                print("   ", name, measure(net, held), flush=True)
            for name, some in others:
                print("   ", name, measure(net, some), flush=True)
            torch.save(net.state_dict(), path + ".pt")
            net.load_state_dict(kept)
    net.load_state_dict(slow)
    torch.save(net.state_dict(), path + ".pt")
    for _, held, _, name in sets:
        print("end ", name, measure(net, held), flush=True)
    for name, some in others:
        print("end ", name, measure(net, some), flush=True)


if __name__ == "__main__":
    main()
