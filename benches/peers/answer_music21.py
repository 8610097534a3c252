"""How many pieces are in A minor over 120 BPM, with music21: the key by its analyze('key'), the tempo as declared."""

import sys
import warnings

from music21 import converter

from folder import answer

found = []


def piece(path):
    score = converter.parse(path, format="midi", forceSource=True)
    _, _, tempo = score.metronomeMarkBoundaries()[0]
    if score.analyze("key").name == "a minor" and tempo.getQuarterBPM() > 120:
        found.append(path)


warnings.simplefilter("ignore")
answer(sys.argv[1:], piece, lambda: len(found))
