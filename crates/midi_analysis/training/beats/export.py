"""export.py NETWORK.pt CARD.toml WEIGHTS.toml: writes a network of the beats below the card of its weights."""

import sys

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


def table(name, about, values):
    values = values.numpy()
    if values.ndim == 1:
        text = row(values, 0)
    else:
        text = "[\n" + "".join(f"    {row(each, 4)},\n" for each in values) + "]"
    return f'\n[weights.{name}]\nabout = "{about}"\nvalues = {text}\n'


def main():
    state = torch.load(sys.argv[1])
    text = open(sys.argv[2]).read()
    text += table("enter", "Of the first layer, a row an input.", state["enter.weight"].T)
    text += table("enter_bias", "Biases of the first layer.", state["enter.bias"])
    for layer in ("lower", "upper"):
        for direction, suffix in (("forward", "l0"), ("backward", "l0_reverse")):
            unit, of = f"{layer}_{direction}", f"of the {layer} units that read {direction}."
            text += table(f"{unit}_inputs", f"For the inputs {of}", state[f"{layer}.weight_ih_{suffix}"].T)
            text += table(f"{unit}_input_bias", f"Biases of the inputs {of}", state[f"{layer}.bias_ih_{suffix}"])
            text += table(f"{unit}_states", f"For the states before {of}", state[f"{layer}.weight_hh_{suffix}"].T)
            text += table(f"{unit}_state_bias", f"Biases of the states {of}", state[f"{layer}.bias_hh_{suffix}"])
    text += table(
        "leave",
        "Of the last layer, a row an input: columns are the beat, the downbeat, the bins of the interval, the meters.",
        state["leave.weight"].T,
    )
    text += table("leave_bias", "Biases of the last layer.", state["leave.bias"])
    open(sys.argv[3], "w").write(text)


main()
