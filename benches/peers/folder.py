"""What the scripts beside this one share: the MIDI files of a folder, one after another until the time is up."""

import os
import random
import time

EXTENSIONS = (".mid", ".midi", ".kar", ".smf", ".rmi")


def midi_files(folder):
    """All of them, in the same random order each time, so that the first ones stand for all."""
    found = sorted(
        os.path.join(place, name)
        for place, _, names in os.walk(folder)
        for name in names
        if name.lower().endswith(EXTENSIONS)
    )
    random.Random(1).shuffle(found)
    return found


def visit(paths, seconds, work):
    """Calls `work` with one path after another, for so many seconds at most. Returns with how many, and how often it
    failed."""
    end = time.perf_counter() + seconds
    done = failed = 0
    for path in paths:
        try:
            work(path)
        except Exception:  # A library's errors have no base class in common; a file that fails is counted.
            failed += 1
        done += 1
        if time.perf_counter() > end:
            break
    return done, failed


def answer(arguments, piece, count):
    """For a script `SCRIPT FOLDER SECONDS`: calls `piece` with each path, then prints what `count` returns, the number of
    files asked, of those that failed, and of all."""
    folder, seconds = arguments
    paths = midi_files(folder)
    done, failed = visit(paths, float(seconds), piece)
    print(count(), done, failed, len(paths))
