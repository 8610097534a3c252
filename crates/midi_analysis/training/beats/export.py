"""Writes a network of the beats as weights with their card."""

import os

import numpy as np
import torch

LINE = 12


def number(value):
    text = f"{np.float16(value):.4g}"
    return text if any(c in text for c in ".en") else text + ".0"


def row(values, indent):
    numbers = [number(value) for value in values]
    if len(numbers) <= LINE:
        return "[" + ", ".join(numbers) + "]"
    lines = [", ".join(numbers[at : at + LINE]) + "," for at in range(0, len(numbers), LINE)]
    pad = " " * indent
    return "[\n" + "".join(f"{pad}    {line}\n" for line in lines) + pad + "]"


def literal(values, indent):
    if values.ndim == 1:
        return row(values, indent)
    pad = " " * indent
    return "[\n" + "".join(f"{pad}    {literal(each, indent + 4)},\n" for each in values) + pad + "]"


def table(name, about, values):
    return f'\n[weights.{name}]\nabout = "{about}"\nvalues = {literal(values.numpy(), 0)}\n'


def quoted(text):
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def card(net, score, data):
    count = sum(each.numel() for each in net.parameters())
    text = f"""# Written by scripts/train beats.
precision = "f32"

[card]
purpose = "Which onsets are beats and downbeats, which interval is between beats, and which meter a piece has"
model = "Dilated convolutions over onsets, {count:,} weights"
trainer = "scripts/train beats"
revision = {quoted(os.environ["TRAINER_REVISION"])}
date = {quoted(os.environ["TRAINING_DATE"])}
score = {quoted(score)}
"""
    for origin, licence, pieces in data:
        text += f"\n[[card.data]]\norigin = {quoted(origin)}\nlicence = {quoted(licence)}\npieces = {pieces}\n"
    return text


def write(net, path, score, data):
    """Writes the network to a file; `data` is the origin, licence and pieces of each set."""
    state = net.state_dict()
    text = card(net, score, data)
    text += table("enter", "Of the first layer, a row an input.", state["enter.weight"].T)
    text += table("enter_bias", "Biases of the first layer.", state["enter.bias"])
    layers = [f"{part}.{n}" for part in ("near", "far") for n in range(len(getattr(net, part)))]
    stacked = lambda part: torch.stack([part(layer) for layer in layers])
    about = "By layer: of the onsets before, here and after, and of those twice as far before and after."
    text += table("taps", about, stacked(lambda layer: state[f"{layer}.taps"][[1, 2, 3, 0, 4]]))
    text += table("mix", "By layer: from the channels to the channels.", stacked(lambda layer: state[f"{layer}.mix.weight"].T))
    text += table("mix_bias", "Added to it.", stacked(lambda layer: state[f"{layer}.mix.bias"]))
    text += table("whole", "From the mean over the piece to the channels.", state["whole.weight"].T)
    text += table("whole_bias", "Added to it.", state["whole.bias"])
    text += table(
        "leave",
        "Of the last layer, a row a channel: columns are the beat, the downbeat, the bins of the interval, the meters.",
        state["leave.weight"].T,
    )
    text += table("leave_bias", "Biases of the last layer.", state["leave.bias"])
    with open(path + ".new", "w") as out:
        out.write(text)
    os.replace(path + ".new", path)
