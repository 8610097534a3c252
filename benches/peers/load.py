"""load.py LIBRARY FOLDER SECONDS: loads the files of a folder with a library, on one thread, for so many seconds at most.
Prints files, bytes, seconds, seconds of processor time, and the files that the library failed on."""

import os
import sys
import time
import warnings

from folder import midi_files, visit


def loader(library):
    match library:
        case "symusic":
            from symusic import Score

            # symusic does not know that a .kar file is MIDI.
            return lambda path: Score(path, fmt="midi")
        case "pretty_midi":
            from pretty_midi import PrettyMIDI

            return PrettyMIDI
        case "mido":
            from mido import MidiFile

            return MidiFile
        case "miditoolkit":
            from miditoolkit import MidiFile

            return MidiFile


warnings.simplefilter("ignore")
library, folder, seconds = sys.argv[1:]
load, paths = loader(library), midi_files(folder)
start, worked = time.perf_counter(), time.process_time()
done, failed = visit(paths, float(seconds), load)
took, worked = time.perf_counter() - start, time.process_time() - worked
print(done, sum(map(os.path.getsize, paths[:done])), took, worked, failed)
