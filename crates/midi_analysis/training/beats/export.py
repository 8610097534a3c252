"""Writes a network of the beats as weights with their card."""

import os

import numpy as np

LINE = 12
GATES = "the reset gates, the update gates and the new states"


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
model = "Two layers of bidirectional gated recurrent units over onsets, {count:,} weights"
trainer = "scripts/train beats"
revision = {quoted(os.environ["TRAINER_REVISION"])}
date = {quoted(os.environ["TRAINING_DATE"])}
score = {quoted(score)}
"""
    for origin, licence, pieces in data:
        text += f"\n[[card.data]]\norigin = {quoted(origin)}\nlicence = {quoted(licence)}\npieces = {pieces}\n"
    return text


def layer(state, name):
    text = table(f"{name}_inputs", f"By direction: {GATES} of the {name} layer, a row an input.", state[f"{name}.inputs"].mT)
    text += table(f"{name}_input_bias", "Added to it.", state[f"{name}.input_bias"])
    text += table(f"{name}_states", "By direction: the same, a row a state before.", state[f"{name}.states"].mT)
    return text + table(f"{name}_state_bias", "Added to it.", state[f"{name}.state_bias"])


def write(net, path, score, data):
    """Writes the network to a file; `data` is the origin, licence and pieces of each set."""
    state = net.state_dict()
    text = card(net, score, data)
    text += table("enter", "Of the first layer, a row an input.", state["enter.weight"].T)
    text += table("enter_bias", "Biases of the first layer.", state["enter.bias"])
    text += layer(state, "lower")
    text += table("whole", "From the mean over the piece to the states of the lower layer.", state["whole.weight"].T)
    text += table("whole_bias", "Added to it.", state["whole.bias"])
    text += layer(state, "upper")
    text += table(
        "leave",
        "Of the last layer, a row a state: columns are the beat, the downbeat, the bins of the interval, the meters.",
        state["leave.weight"].T,
    )
    text += table("leave_bias", "Biases of the last layer.", state["leave.bias"])
    with open(path + ".new", "w") as out:
        out.write(text)
    os.replace(path + ".new", path)
