"""What music21 says of the features that its port of jSymbolic has: one JSON object a file, `file` and a value each by
the name of its class. Read by `scripts/features`; no part of the extension."""

import json
import signal
import sys
import warnings

from music21 import chord, features, midi, stream

SECONDS_A_FILE = 120


def give_up(signum, frame):
    raise TimeoutError(f"no answer within {SECONDS_A_FILE} s")


def values(path):
    # Unquantized: the features are of the file as it stands.
    score = midi.translate.midiFilePathToStream(path, quantizePost=False)
    data = features.DataInstance(score)
    # What became of the notes on the way into music21's score.
    found = {
        "pitches": len(data["flat.pitches"]),
        "chords": len(data["flat"].getElementsByClass(chord.Chord)),
        "voices": len(list(score.recurse().getElementsByClass(stream.Voice))),
        "parts": len([part for part in score.parts if part.flatten().notes]),
    }
    known = features.jSymbolic.extractorsById
    for extractor in (extractor for group in known.values() for extractor in group if extractor):
        try:
            found[extractor.__name__] = list(extractor(data).extract().vector)
        except TimeoutError:
            raise
        except Exception:  # whatever music21 cannot say of this piece
            found[extractor.__name__] = None
    return found


warnings.simplefilter("ignore")
signal.signal(signal.SIGALRM, give_up)
for path in sys.argv[1:]:
    signal.alarm(SECONDS_A_FILE)
    try:
        print(json.dumps({"file": path, "values": values(path)}), flush=True)
    except Exception as trouble:
        print(f"{path}: {trouble}", file=sys.stderr, flush=True)
    signal.alarm(0)
