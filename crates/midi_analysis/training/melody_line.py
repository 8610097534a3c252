#!/usr/bin/env python3
"""melody_line.py NOTES WEIGHTS FOLDER=ORIGIN=LICENCE...: learns which notes of a part are its melody.

NOTES is what the example `melody_notes` writes of the same folders: what describes each note, in variants of each
piece. The network is that of src/analysis/melody/odds.rs. A fifth of the pieces is not learned from, and gives the
score. Needs torch and numpy; about five minutes on one core. `scripts/train` calls it.
"""

import os
import sys
import zlib

import numpy as np
import torch
from torch import nn
from torch.nn import functional

CHANNELS, LAST = 32, 32
FIRST, FURTHER = (1, 2, 4, 8, 16), (1, 4, 32)
KNOWN = 5  # pitch, attack, melody or not, place of the note before and after
EPOCHS, BATCH, PIECES = 22, 4, 1000
RATE, DECAY, DROPPED, NOISE = 6e-3, 1e-3, 0.15, 0.07
LONGEST = 3000  # notes of a piece that are learned from at a time
FOLDS = 5
LIKELY = 0.4
# How often the variants of a piece are taken: as it is, then by turns played and arranged otherwise.
OFTEN = (3.0, 0.8, 0.7, 0.8, 0.7, 0.8)
# Pieces of the first set count so many times: where singer and instruments take turns there is most to learn.
FIRST_SET = 2.0
# What describes a note, by place: pitch, velocity, octaves to the highest of the attack, to the nearest of the
# attacks before and after, length, time to the next attack.
PITCH, VELOCITY, TO_HIGHEST, BEFORE, AFTER, LENGTH, NEXT = 0, 16, 3, 36, 46, 12, 47


class Piece:
    """A variant of a piece."""

    def __init__(self, head, table):
        group, variant, _, melody, name = head
        self.set, self.variant, self.melody, self.name = int(group), int(variant), int(melody), name
        self.attack = table[:, 1].astype(np.int64)
        self.links = table[:, 3:5].astype(np.int64)
        self.features = table[:, KNOWN:]
        # A note of another part that doubles the melody is as right.
        pitches = self.attack * 128 + table[:, 0].astype(np.int64)
        self.truth = np.isin(pitches, np.unique(pitches[table[:, 2] > 0])).astype(np.float32)
        self.fold = zlib.crc32(name[:24].encode()) % FOLDS


def read(path):
    """The pieces of a file of notes, and how many numbers describe a note."""
    data = open(path, "rb").read()
    start, pieces = 0, []
    first = data.index(b"\n")
    features = int(data[:first])
    start = first + 1
    while start < len(data):
        end = data.index(b"\n", start)
        head = data[start:end].decode().split(" ", 4)
        count, width = int(head[2]), KNOWN + features
        table = np.frombuffer(data, "<f4", count * width, end + 1).reshape(count, width)
        start = end + 1 + 4 * count * width
        piece = Piece(head, table)
        if piece.melody >= 6 and count >= 20:
            pieces.append(piece)
    return pieces, features


class Neighbours(nn.Module):
    """A layer over notes, their neighbours in the order of the attacks, and those that they are linked to."""

    def __init__(self, dilation):
        super().__init__()
        self.dilation = dilation
        self.taps = nn.Parameter(torch.randn(5, CHANNELS) * 0.45)
        self.mix = nn.Linear(CHANNELS, CHANNELS)

    def forward(self, x, inside, links):
        d, notes = self.dilation, x.shape[1]
        padded = functional.pad(x * inside, (0, 0, d, d))
        y = sum(padded[:, k * d : k * d + notes] * self.taps[k] for k in range(3))
        nowhere = torch.cat([x, torch.zeros_like(x[:, :1])], 1)
        for side in range(2):
            places = links[..., side, None].expand(-1, -1, CHANNELS)
            y = y + torch.gather(nowhere, 1, places) * self.taps[3 + side]
        return x + torch.relu(self.mix(y))


def kinds(raw):
    """By way of being alike: the kind of each note, how many kinds there are, and whether only the highest count."""
    pitch = (raw[..., PITCH] * 12 + 64).round().long().clamp(0, 127)
    loudness = (raw[..., VELOCITY] * 8).floor().long().clamp(-16, 15) + 16
    before, after = ((raw[..., side] * 12).round().long().clamp(-24, 24) + 24 for side in (BEFORE, AFTER))
    turn = ((pitch * 49 + before) * 49 + after) * 2654435761 % 65536 % 4096
    length, gap = ((raw[..., each] * 8).floor().long().clamp(0, 7) for each in (LENGTH, NEXT))
    return (pitch, 128, True), (loudness, 32, True), (turn, 4096, False), (length * 8 + gap, 64, False)


def kin(estimate, raw, inside):
    """What was estimated of notes that are like each."""
    probability = torch.sigmoid(estimate) * inside
    count = inside.sum(1, keepdim=True)
    mean = probability.sum(1, keepdim=True) / count.clamp(min=1)
    highest = (raw[..., TO_HIGHEST].abs() < 1e-6).float() * inside
    found = [estimate * 0.3, probability, mean.expand_as(probability)]
    for kind, number, only_highest in kinds(raw):
        weight = highest if only_highest else inside
        table = lambda values: torch.zeros(len(raw), number).scatter_add_(1, kind, values).gather(1, kind)
        total = (table(probability * weight) - probability * weight).clamp(min=0)
        others = (table(weight) - weight).clamp(min=0)
        found += [3 * (total + 2 * mean) / (others + 2), others / (others + 8), 10 * others / count]
    return torch.stack(found, -1)


class Net(nn.Module):
    """Logarithms of the odds of each note, and a first estimate of them."""

    def __init__(self, features):
        super().__init__()
        self.input = nn.Linear(features, CHANNELS)
        self.first = nn.ModuleList(map(Neighbours, FIRST))
        self.estimate = nn.Linear(CHANNELS, 1)
        self.joined = nn.Linear(CHANNELS + 15, CHANNELS)
        self.further = nn.ModuleList(map(Neighbours, FURTHER))
        self.last = nn.Linear(CHANNELS, LAST)
        self.output = nn.Linear(LAST, 1)
        self.dropped = nn.Dropout(DROPPED)

    def forward(self, x, raw, inside, links):
        x = torch.relu(self.input(x))
        for layer in self.first:
            x = layer(x, inside[..., None], links)
        x = self.dropped(x)
        estimate = self.estimate(x)[..., 0]
        alike = kin(estimate.detach(), raw, inside)
        x = torch.relu(self.joined(torch.cat([x, alike], -1)))
        for layer in self.further:
            x = layer(x, inside[..., None], links)
        return self.output(torch.relu(self.last(self.dropped(x))))[..., 0], estimate


def batch(pieces, scale, longest, chance=None):
    """Pieces side by side: features, the same unscaled, truth, which places are notes, links."""
    mean, spread = scale
    cuts = []
    for piece in pieces:
        count = min(len(piece.truth), longest)
        first = chance.integers(0, len(piece.truth) - count + 1) if chance else 0
        cuts.append((piece, slice(first, first + count), count))
    notes = max(count for _, _, count in cuts)
    features = pieces[0].features.shape[1]
    x, raw = (np.zeros((len(pieces), notes, features), np.float32) for _ in range(2))
    truth, inside = (np.zeros((len(pieces), notes), np.float32) for _ in range(2))
    links = np.full((len(pieces), notes, 2), notes)
    for row, (piece, cut, count) in enumerate(cuts):
        raw[row, :count] = piece.features[cut]
        x[row, :count] = (piece.features[cut] - mean) / spread
        truth[row, :count], inside[row, :count] = piece.truth[cut], 1
        places = piece.links[cut] - cut.start
        links[row, :count] = np.where((places >= 0) & (places < count), places, notes)
    return [torch.from_numpy(array) for array in (x, raw, truth, inside, links)]


def learn(pieces, features):
    """The network, and what the features are scaled by."""
    torch.manual_seed(0)
    chance = np.random.default_rng(0)
    some = np.concatenate([piece.features for piece in pieces[::3]])
    scale = some.mean(0), some.std(0) + 0.02
    net = Net(features)
    often = np.array([OFTEN[piece.variant] * (FIRST_SET if piece.set == 0 else 1.0) for piece in pieces])
    steps = EPOCHS * (PIECES // BATCH)
    descent = torch.optim.AdamW(net.parameters(), lr=RATE, weight_decay=DECAY)
    rate = torch.optim.lr_scheduler.OneCycleLR(descent, RATE, total_steps=steps + 1, pct_start=0.15)
    for epoch in range(EPOCHS):
        taken = chance.choice(len(pieces), PIECES, p=often / often.sum())
        # Pieces of like length side by side.
        runs = np.array_split(taken, PIECES // (8 * BATCH))
        taken = np.concatenate([sorted(run, key=lambda each: len(pieces[each].truth)) for run in runs])
        batches = taken[: PIECES // BATCH * BATCH].reshape(-1, BATCH)
        chance.shuffle(batches)
        total = 0.0
        for places in batches:
            x, raw, truth, inside, links = batch([pieces[each] for each in places], scale, LONGEST, chance)
            odds, estimate = net(x + NOISE * torch.randn_like(x), raw, inside, links)
            cost = lambda odds: (
                functional.binary_cross_entropy_with_logits(odds, truth, reduction="none") * inside
            ).sum() / inside.sum()
            loss = cost(odds) + cost(estimate)
            descent.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(net.parameters(), 1.0)
            descent.step()
            rate.step()
            total += float(cost(odds).detach())
        print(f"epoch {epoch + 1}: {total / len(batches):.4f}", file=sys.stderr, flush=True)
    return net.eval(), scale


def f_measure(net, scale, piece):
    """That of the likeliest notes of the attacks."""
    with torch.no_grad():
        x, raw, _, inside, links = batch([piece], scale, len(piece.truth))
        probability = torch.sigmoid(net(x, raw, inside, links)[0])[0].numpy()
    order = np.lexsort((-probability, piece.attack))
    attack = piece.attack[order]
    likeliest = order[np.r_[True, attack[1:] != attack[:-1]]]
    chosen = likeliest[probability[likeliest] >= LIKELY]
    return 2 * piece.truth[chosen].sum() / (len(chosen) + piece.melody)


def literal(values, indent=0):
    """Numbers as the other weights have them."""
    values = np.asarray(values)
    blank = " " * (indent + 4)
    if values.ndim > 1:
        return "[\n" + "".join(f"{blank}{literal(row, indent + 4)},\n" for row in values) + " " * indent + "]"
    numbers = [f"{value:.5f}" for value in values]
    if len(numbers) <= 12 and indent == 0:
        return "[" + ", ".join(numbers) + "]"
    lines = (", ".join(numbers[place : place + 12]) for place in range(0, len(numbers), 12))
    return "[\n" + "".join(f"{blank}{line},\n" for line in lines) + " " * indent + "]"


def tables(net, scale):
    """The weights; the scaling of the features goes into the first layer."""
    mean, spread = (part.astype(np.float64) for part in scale)
    weight = {name: each.detach().numpy().astype(np.float64) for name, each in net.named_parameters()}
    layers = [f"first.{n}" for n in range(len(FIRST))] + [f"further.{n}" for n in range(len(FURTHER))]
    yield "input", "From what describes a note to the channels.", (weight["input.weight"] / spread).T
    yield "input_bias", "Added to it.", weight["input.bias"] - weight["input.weight"] @ (mean / spread)
    about = "By layer: of the notes before, here and after, and of the linked ones before and after."
    yield "taps", about, [weight[f"{layer}.taps"] for layer in layers]
    yield "mix", "By layer: from the channels to the channels.", [weight[f"{layer}.mix.weight"].T for layer in layers]
    yield "mix_bias", "Added to it.", [weight[f"{layer}.mix.bias"] for layer in layers]
    for name, about in (
        ("estimate", "From the channels to the first estimate."),
        ("joined", "From the channels, and what is estimated of notes that are alike, to the channels."),
        ("last", "From the channels to the last units."),
        ("output", "From them to the logarithm of the odds."),
    ):
        yield name, about, weight[f"{name}.weight"].T
        yield f"{name}_bias", "Added to it.", weight[f"{name}.bias"]


def main():
    notes, weights, *folders = sys.argv[1:]
    sets = [folder.split("=", 2)[1:] for folder in folders]
    torch.set_num_threads(1)
    pieces, features = read(notes)
    held_out = [piece for piece in pieces if piece.fold == 0 and piece.variant == 0]
    net, scale = learn([piece for piece in pieces if piece.fold != 0], features)
    means = [np.mean([f_measure(net, scale, piece) for piece in held_out if piece.set == n]) for n in range(len(sets))]
    quoted = lambda text: '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
    score = "F measure of the notes, of a fifth of the pieces that the weights were not learned from: "
    score += ", ".join(f"{mean:.3f}" for mean in means) + ", by set"
    count = lambda number: len({piece.name for piece in pieces if piece.set == number and piece.fold != 0})
    file = f"""# Written by scripts/train melody_line.
precision = "f32"

[card]
purpose = "Which notes of a part are its melody"
model = "Convolutions over notes and the notes that they are linked to"
trainer = "scripts/train melody_line"
revision = {quoted(os.environ["TRAINER_REVISION"])}
date = {quoted(os.environ["TRAINING_DATE"])}
score = {quoted(score)}
"""
    for number, (origin, licence) in enumerate(sets):
        file += f"\n[[card.data]]\norigin = {quoted(origin)}\nlicence = {quoted(licence)}\npieces = {count(number)}\n"
    for name, about, values in tables(net, scale):
        file += f"\n[weights.{name}]\nabout = {quoted(about)}\nvalues = {literal(values)}\n"
    with open(weights + ".new", "w") as out:
        out.write(file)
    os.replace(weights + ".new", weights)
    print(score, file=sys.stderr)


if __name__ == "__main__":
    main()
