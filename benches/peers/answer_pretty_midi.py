"""How many pieces are in A minor over 120 BPM, with pretty_midi: key and tempo as declared."""

import sys
import warnings

from pretty_midi import PrettyMIDI, key_number_to_key_name

from folder import answer

found = []


def piece(path):
    midi = PrettyMIDI(path)
    keys = midi.key_signature_changes
    _, tempos = midi.get_tempo_changes()
    if keys and key_number_to_key_name(keys[0].key_number) == "A minor" and tempos[0] > 120:
        found.append(path)


warnings.simplefilter("ignore")
answer(sys.argv[1:], piece, lambda: len(found))
