"""Writes a network of the beats as weights with their card."""

import os
import sys

import numpy as np
import torch

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
import card  # noqa: E402


def number(value):
    text = f"{np.float16(value):.4g}"
    return text if any(c in text for c in ".en") else text + ".0"


def tables(net):
    """The name, meaning and values of each constant."""
    state = net.state_dict()
    layers = [f"{part}.{n}" for part in ("near", "far") for n in range(len(getattr(net, part)))]
    stacked = lambda part: torch.stack([part(layer) for layer in layers])
    outputs = "columns are the beat, the downbeat, the bins of the interval, the meters."
    return [
        ("enter", "Of the first layer, a row an input.", state["enter.weight"].T),
        ("enter_bias", "Biases of the first layer.", state["enter.bias"]),
        (
            "taps",
            "By layer: of the onsets before, here and after, and of those twice as far before and after.",
            stacked(lambda layer: state[f"{layer}.taps"][[1, 2, 3, 0, 4]]),
        ),
        ("mix", "By layer: from the channels to the channels.", stacked(lambda layer: state[f"{layer}.mix.weight"].T)),
        ("mix_bias", "Added to it.", stacked(lambda layer: state[f"{layer}.mix.bias"])),
        ("whole", "From the mean over the piece to the channels.", state["whole.weight"].T),
        ("whole_bias", "Added to it.", state["whole.bias"]),
        ("leave", f"Of the last layer, a row a channel: {outputs}", state["leave.weight"].T),
        ("leave_bias", "Biases of the last layer.", state["leave.bias"]),
    ]


def write(net, path, score, data):
    """Writes the network to a file; `data` is the origin, licence and pieces of each set."""
    count = sum(each.numel() for each in net.parameters())
    card.write(
        path,
        "beats",
        "Which onsets are beats and downbeats, which interval is between beats, and which meter a piece has",
        f"Dilated convolutions over onsets, {count:,} weights",
        score,
        data,
        tables(net),
        number,
    )
