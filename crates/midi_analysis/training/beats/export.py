"""Writes a network of the beats as weights with their card."""

import os
import sys

import numpy as np

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
import card  # noqa: E402

GATES = "the reset gates, the update gates and the new states"


def number(value):
    text = f"{np.float16(value):.4g}"
    return text if any(c in text for c in ".en") else text + ".0"


def layer(state, name):
    """The tables of a layer of recurrent units."""
    return [
        (f"{name}_inputs", f"By direction: {GATES} of the {name} layer, a row an input.", state[f"{name}.inputs"].mT),
        (f"{name}_input_bias", "Added to it.", state[f"{name}.input_bias"]),
        (f"{name}_states", "By direction: the same, a row a state before.", state[f"{name}.states"].mT),
        (f"{name}_state_bias", "Added to it.", state[f"{name}.state_bias"]),
    ]


def tables(net):
    """The name, meaning and values of each constant."""
    state = net.state_dict()
    outputs = "columns are the beat, the downbeat, the bins of the interval, the meters."
    return [
        ("enter", "Of the first layer, a row an input.", state["enter.weight"].T),
        ("enter_bias", "Biases of the first layer.", state["enter.bias"]),
        *layer(state, "lower"),
        ("whole", "From the mean over the piece to the states of the lower layer.", state["whole.weight"].T),
        ("whole_bias", "Added to it.", state["whole.bias"]),
        *layer(state, "upper"),
        ("leave", f"Of the last layer, a row a state: {outputs}", state["leave.weight"].T),
        ("leave_bias", "Biases of the last layer.", state["leave.bias"]),
    ]


def write(net, path, score, data):
    """Writes the network to a file; `data` is the origin, licence and pieces of each set."""
    count = sum(each.numel() for each in net.parameters())
    card.write(
        path,
        "beats",
        "Which onsets are beats and downbeats, which interval is between beats, and which meter a piece has",
        f"Two layers of bidirectional gated recurrent units over onsets, {count:,} weights",
        score,
        data,
        tables(net),
        number,
    )
