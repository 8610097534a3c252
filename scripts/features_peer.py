"""What music21 says of the features that its port of jSymbolic has: one JSON object a file, `file` and `values` by the
name of the class, and beside them what became of the notes on the way into music21's score. Called by
`scripts/features`; no part of the extension."""

import json
import signal
import sys
import warnings

from music21 import chord, features, midi, stream

SECONDS_A_FILE = 120


def give_up(signum, frame):
    raise TimeoutError(f"no answer within {SECONDS_A_FILE} s")


def events(file, kind):
    """(track, channel, data) of the events of a kind."""
    return [
        (number, event.channel, event.data)
        for number, track in enumerate(file.tracks)
        for event in track.events
        if event.type == kind
    ]


def facts(file, score, data):
    tempos = [int.from_bytes(data, "big") for _, _, data in events(file, midi.MetaEvents.SET_TEMPO)]
    playing = {(track, channel) for track, channel, _ in events(file, midi.ChannelVoiceMessages.NOTE_ON)}
    set_up = {(track, channel) for track, channel, _ in events(file, midi.ChannelVoiceMessages.PROGRAM_CHANGE)}
    return {
        "pitches": len(data["flat.pitches"]),
        "chords": len(data["flat"].getElementsByClass(chord.Chord)),
        "voices": len(list(score.recurse().getElementsByClass(stream.Voice))),
        "parts": len([part for part in score.parts if part.flatten().notes]),
        # music21 rounds quarter notes a minute to hundredths.
        "tempo_kept": all(abs(60e6 / tempo - round(60e6 / tempo, 2)) < 1e-9 for tempo in tempos),
        "programs_set": playing <= set_up,
    }


def values(path):
    file = midi.MidiFile()
    file.open(path)
    file.read()
    file.close()
    # Unquantized: the features are of the file as it stands.
    score = midi.translate.midiFileToStream(file, quantizePost=False)
    data = features.DataInstance(score)
    found = facts(file, score, data)
    known = features.jSymbolic.extractorsById
    for extractor in (extractor for group in known.values() for extractor in group if extractor):
        try:
            found[extractor.__name__] = list(extractor(data).extract().vector)
        except TimeoutError:
            raise
        except Exception:  # music21 cannot compute it for this piece
            found[extractor.__name__] = None
    return found


warnings.simplefilter("ignore")
signal.signal(signal.SIGALRM, give_up)
for path in sys.argv[1:]:
    signal.alarm(SECONDS_A_FILE)
    try:
        print(json.dumps({"file": path, "values": values(path)}), flush=True)
    except Exception as problem:
        print(f"{path}: {problem}", file=sys.stderr, flush=True)
    signal.alarm(0)
