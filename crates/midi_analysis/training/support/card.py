"""Weights of networks that Python learns, as the files that the core is built with: a card, then the numbers."""

import os

import numpy as np

LINE = 12


def quoted(text):
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def literal(values, number, indent=0):
    """A number or nested lists of them; `number` writes one."""
    values = np.asarray(values)
    if values.ndim == 0:
        return number(values)
    pad = " " * indent
    if values.ndim > 1:
        return "[\n" + "".join(f"{pad}    {literal(each, number, indent + 4)},\n" for each in values) + pad + "]"
    numbers = [number(value) for value in values]
    if len(numbers) <= LINE:
        return "[" + ", ".join(numbers) + "]"
    lines = [", ".join(numbers[at : at + LINE]) + "," for at in range(0, len(numbers), LINE)]
    return "[\n" + "".join(f"{pad}    {line}\n" for line in lines) + pad + "]"


def write(path, what, purpose, model, score, data, tables, number):
    """Writes weights that `scripts/train WHAT` has learned.

    `data` are the origin, licence and number of pieces of each set, `tables` the name, meaning and values of each
    constant. Only a whole file takes the place of the old one.
    """
    text = f"""# Written by scripts/train {what}.
precision = "f32"

[card]
purpose = {quoted(purpose)}
model = {quoted(model)}
trainer = {quoted("scripts/train " + what)}
revision = {quoted(os.environ["TRAINER_REVISION"])}
date = {quoted(os.environ["TRAINING_DATE"])}
score = {quoted(score)}
"""
    for origin, licence, pieces in data:
        text += f"\n[[card.data]]\norigin = {quoted(origin)}\nlicence = {quoted(licence)}\npieces = {pieces}\n"
    for name, about, values in tables:
        text += f"\n[weights.{name}]\nabout = {quoted(about)}\nvalues = {literal(values, number)}\n"
    with open(path + ".new", "w") as out:
        out.write(text)
    os.replace(path + ".new", path)
