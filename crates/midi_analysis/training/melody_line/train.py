#!/usr/bin/env python3
"""train.py NOTES WEIGHTS FOLDER=ORIGIN=LICENCE...: learns which notes of a part are its melody.

NOTES is what the example `melody_notes` writes of the same folders: the gate, and what describes each candidate, in
variants of each piece. The network is that of src/analysis/melody/odds.rs. A fifth of the pieces is not learned from,
and gives the score. Needs torch and numpy; about ten minutes on one core. `scripts/train melody_line` calls it.
"""

import os
import sys

import numpy as np
import torch
from torch import nn
from torch.nn import functional

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
import card  # noqa: E402

NEAR, NEAR_CHANNELS = (1, 2, 4), 16
FAR, FAR_CHANNELS = (1, 2, 4, 8), 20
LAST = 16
DOUBTED = -2.5  # candidates of a lower first estimate, a logarithm of odds, are left out of the far layers
KNOWN = 5  # pitch, attack, melody or not, place of the note before and after
EPOCHS, BATCH, PIECES = 70, 4, 800
RATE, DECAY, NOISE = 8e-3, 1e-3, 0.03
LONGEST = 2000  # candidates of a piece that are learned from at a time
LIKELY = 0.4
# How often the variants of a piece are taken: as it is, then by turns played and arranged otherwise.
OFTEN = (3.0, 0.8, 0.7, 0.8, 0.7, 0.8)
# Pieces of the first set count so many times, where singer and instruments take turns and there is most to learn, and
# made-up songs so much, which have only to be known.
FIRST_SET, MADE = 3.0, 0.15
# What describes a note, by place: pitch, velocity, octaves to the highest of the attack, to the nearest of the
# attacks before and after, length, time to the next attack.
PITCH, VELOCITY, TO_HIGHEST, BEFORE, AFTER, LENGTH, NEXT = 0, 16, 3, 36, 46, 12, 47


class Piece:
    """A variant of a piece."""

    def __init__(self, head, table):
        group, variant, fold, _, melody, name = head
        self.set, self.variant, self.fold, self.melody, self.name = int(group), int(variant), int(fold), int(melody), name
        self.attack = table[:, 1].astype(np.int64)
        self.links = table[:, 3:5].astype(np.int64)
        self.features = table[:, KNOWN:]
        # A note of another part that doubles the melody is as right.
        pitches = self.attack * 128 + table[:, 0].astype(np.int64)
        self.truth = np.isin(pitches, np.unique(pitches[table[:, 2] > 0])).astype(np.float32)


def read(path):
    """The gate, and the pieces of a file of notes."""
    data = open(path, "rb").read()
    first = data.index(b"\n")
    start = data.index(b"\n", first + 1) + 1
    features, gate = int(data[:first]), [float(word) for word in data[first:start].split()]
    pieces = []
    while start < len(data):
        end = data.index(b"\n", start)
        head = data[start:end].decode().split(" ", 5)
        count, width = int(head[3]), KNOWN + features
        table = np.frombuffer(data, "<f4", count * width, end + 1).reshape(count, width)
        start = end + 1 + 4 * count * width
        piece = Piece(head, table)
        if piece.melody >= 4 and count >= 4:
            pieces.append(piece)
    return gate, pieces


class Neighbours(nn.Module):
    """A layer over notes, their neighbours in the order of the attacks, and those that they are linked to."""

    def __init__(self, channels, dilation):
        super().__init__()
        self.dilation = dilation
        self.taps = nn.Parameter(torch.randn(5, channels) * 0.45)
        self.mix = nn.Linear(channels, channels)

    def forward(self, x, inside, links):
        d, notes, channels = self.dilation, x.shape[1], x.shape[2]
        padded = functional.pad(x * inside[..., None], (0, 0, d, d))
        y = sum(padded[:, k * d : k * d + notes] * self.taps[k] for k in range(3))
        nowhere = torch.cat([x, torch.zeros_like(x[:, :1])], 1)
        for side in range(2):
            places = links[..., side, None].expand(-1, -1, channels)
            y = y + torch.gather(nowhere, 1, places) * self.taps[3 + side]
        return x + torch.relu(self.mix(y))


def kinds(raw):
    """By way of being alike: the kind of each note, how many kinds there are, and whether only the highest count."""
    pitch = (raw[..., PITCH] * 12 + 64.5).clamp(0, 127).long()
    loudness = (raw[..., VELOCITY] * 8 + 16).clamp(0, 31).long()
    before, after = ((raw[..., side].clamp(-2, 2) * 12 + 24.5).long() for side in (BEFORE, AFTER))
    turn = ((pitch * 49 + before) * 49 + after) * 2654435761 % 2**32 >> 20
    length, gap = ((raw[..., each] * 8).clamp(0, 7).long() for each in (LENGTH, NEXT))
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


def likelier(estimate, inside, links):
    """The places of the notes that the far layers see, row by row, which of them are notes, and their links."""
    kept = (estimate >= DOUBTED) & (inside > 0)
    count = kept.sum(1)
    most = max(int(count.max()), 1)
    places = torch.argsort(~kept, dim=1, stable=True)[:, :most]
    among = (torch.arange(most) < count[:, None]).float()
    number = torch.where(kept, kept.cumsum(1) - 1, most)
    number = functional.pad(number, (0, 1), value=most)
    old = torch.gather(links, 1, places[..., None].expand(-1, -1, 2))
    new = torch.gather(number, 1, old.flatten(1)).view_as(old)
    return places, among, new


class Net(nn.Module):
    """Logarithms of the odds of each note, and a first estimate of them."""

    def __init__(self, features):
        super().__init__()
        self.input = nn.Linear(features, NEAR_CHANNELS)
        self.near = nn.ModuleList(Neighbours(NEAR_CHANNELS, dilation) for dilation in NEAR)
        self.estimate = nn.Linear(NEAR_CHANNELS, 1)
        self.joined = nn.Linear(NEAR_CHANNELS + 15, FAR_CHANNELS)
        self.far = nn.ModuleList(Neighbours(FAR_CHANNELS, dilation) for dilation in FAR)
        self.last = nn.Linear(FAR_CHANNELS, LAST)
        self.output = nn.Linear(LAST, 1)

    def forward(self, x, raw, inside, links):
        x = torch.relu(self.input(x))
        for layer in self.near:
            x = layer(x, inside, links)
        estimate = self.estimate(x)[..., 0]
        x = torch.cat([x, kin(estimate.detach(), raw, inside)], -1)
        places, among, links = likelier(estimate.detach(), inside, links)
        x = torch.relu(self.joined(torch.gather(x, 1, places[..., None].expand(-1, -1, x.shape[2]))))
        for layer in self.far:
            x = layer(x, among, links)
        odds = self.output(torch.relu(self.last(x)))[..., 0]
        return odds, estimate, places, among


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


def cost(odds, truth, inside):
    return functional.binary_cross_entropy_with_logits(odds, truth, reduction="none").mul(inside).sum()


def learn(pieces, features, report=lambda net, scale: ""):
    """The network, and what the features are scaled by."""
    torch.manual_seed(0)
    chance = np.random.default_rng(0)
    some = np.concatenate([piece.features for piece in pieces[::3]])
    scale = some.mean(0), some.std(0) + 0.02
    net = Net(features)
    weight = {0: FIRST_SET, max(piece.set for piece in pieces): MADE}
    often = np.array([OFTEN[piece.variant] * weight.get(piece.set, 1.0) for piece in pieces])
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
            odds, estimate, kept, among = net(x + NOISE * torch.randn_like(x), raw, inside, links)
            doubted = inside.scatter(1, kept, inside.gather(1, kept) * (1 - among))
            # What is left out costs what its estimate does.
            final = cost(odds, truth.gather(1, kept), among) + cost(estimate, truth, doubted)
            loss = (final + cost(estimate, truth, inside)) / inside.sum()
            descent.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(net.parameters(), 1.0)
            descent.step()
            rate.step()
            total += float(final.detach() / inside.sum())
        print(f"epoch {epoch + 1}: {total / len(batches):.4f} {report(net, scale)}", file=sys.stderr, flush=True)
    return net.eval(), scale


def f_measure(net, scale, piece):
    """That of the likeliest notes of the attacks."""
    with torch.no_grad():
        x, raw, _, inside, links = batch([piece], scale, len(piece.truth))
        odds, _, places, _ = net(x, raw, inside, links)
    probability = np.zeros(len(piece.truth))
    probability[places[0].numpy()] = torch.sigmoid(odds)[0].numpy()
    order = np.lexsort((-probability, piece.attack))
    attack = piece.attack[order]
    likeliest = order[np.r_[True, attack[1:] != attack[:-1]]]
    chosen = likeliest[probability[likeliest] >= LIKELY]
    return 2 * piece.truth[chosen].sum() / (len(chosen) + piece.melody)


def tables(net, scale, gate):
    """The weights; the scaling of the features goes into the first layer."""
    mean, spread = (part.astype(np.float64) for part in scale)
    weight = {name: each.detach().numpy().astype(np.float64) for name, each in net.named_parameters()}
    yield "gate", "From what describes a note among others to the sum that candidates have.", gate[:-1]
    yield "gate_bias", "Added to it.", gate[-1]
    yield "input", "From what describes a candidate to the near channels.", (weight["input.weight"] / spread).T
    yield "input_bias", "Added to it.", weight["input.bias"] - weight["input.weight"] @ (mean / spread)
    for part, dilations in (("near", NEAR), ("far", FAR)):
        layers = [f"{part}.{number}" for number in range(len(dilations))]
        about = "By layer: of the notes before, here and after, and of the linked ones before and after."
        yield f"{part}_taps", about, [weight[f"{layer}.taps"] for layer in layers]
        mixes = [weight[f"{layer}.mix.weight"].T for layer in layers]
        yield f"{part}_mix", "By layer: from the channels to the channels.", mixes
        yield f"{part}_mix_bias", "Added to it.", [weight[f"{layer}.mix.bias"] for layer in layers]
    for name, about in (
        ("estimate", "From the near channels to the first estimate."),
        ("joined", "From the near channels, and what is estimated of notes that are alike, to the far channels."),
        ("last", "From the far channels to the last units."),
        ("output", "From them to the logarithm of the odds."),
    ):
        yield name, about, weight[f"{name}.weight"].T
        yield f"{name}_bias", "Added to it.", weight[f"{name}.bias"]


def main():
    notes, weights, *folders = sys.argv[1:]
    sets = [folder.split("=", 2)[1:] for folder in folders]
    sets.append(["Short songs that training/melody_line makes", "PostgreSQL License"])
    torch.set_num_threads(1)
    gate, pieces = read(notes)
    held_out = [piece for piece in pieces if piece.fold == 0 and piece.variant == 0]
    measured = lambda net, scale, of: np.mean([f_measure(net, scale, piece) for piece in held_out if piece.set == of])
    net, scale = learn([piece for piece in pieces if piece.fold != 0], pieces[0].features.shape[1])
    score = "F measure of the notes, of a fifth of the pieces that the weights were not learned from: "
    score += ", ".join(f"{measured(net, scale, number):.3f}" for number in range(len(sets))) + ", by set"
    count = lambda number: len({piece.name for piece in pieces if piece.set == number and piece.fold != 0})
    data = [(*about, count(number)) for number, about in enumerate(sets)]
    card.write(
        weights,
        "melody_line",
        "Which notes of a part are its melody",
        "Convolutions over notes and the notes that they are linked to, behind a logistic regression",
        score,
        data,
        tables(net, scale, gate),
        lambda value: f"{value:.5f}",
    )
    print(score, file=sys.stderr)


if __name__ == "__main__":
    main()
