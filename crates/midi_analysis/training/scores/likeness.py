"""Whether two files are of one piece of music, in any key: the steps of their highest and of their lowest notes."""

from collections import Counter

import smf
from score import Clock, NotReadable

STEPS = 8
"""How many steps in a row have to agree."""
TOGETHER_S = 0.035
"""Notes that start within this time of each other start together."""
LIKE = 0.25
"""The share of the shorter piece's runs of steps that makes two pieces one."""


class Likeness:
    """A collection of pieces, that others are compared with."""

    def __init__(self):
        self.pieces_with, self.pieces = {}, []

    def add_folder(self, folder):
        for path in sorted(folder.glob("*.mid")):
            try:
                tracks, tempos, _ = smf.read(path.read_bytes())
            except (NotReadable, IndexError):
                continue
            notes = sorted((n for t in tracks for n in t.notes), key=lambda n: (n.start, n.pitch))
            self.add(notes, Clock(tempos if tempos and tempos[0][0] == 0 else [(0, 120.0), *tempos]), folder.name)

    def add(self, notes, clock, of):
        runs = _runs(notes, clock)
        for run in runs:
            self.pieces_with.setdefault(run, []).append(len(self.pieces))
        self.pieces.append((len(runs), of))

    def find(self, notes, clock):
        """Where a piece is from that is like these notes, or None."""
        runs = _runs(notes, clock)
        shared = Counter(piece for run in runs for piece in self.pieces_with.get(run, ()))
        for piece, count in shared.most_common(5):
            size, of = self.pieces[piece]
            if count >= LIKE * max(min(size, len(runs)), 2 * STEPS):
                return of
        return None


def _runs(notes, clock):
    """The runs of steps of the outer voices, each once. Runs in which one note is repeated say nothing."""
    outer, before = [], None
    for note in notes:
        start = clock(note.start)
        if before is None or start - before > TOGETHER_S:
            outer.append([note.pitch, note.pitch])
            before = start
        outer[-1] = [max(outer[-1][0], note.pitch), min(outer[-1][1], note.pitch)]
    runs = set()
    for voice in zip(*outer):
        steps = [b - a for a, b in zip(voice, voice[1:])]
        for i in range(len(steps) - STEPS + 1):
            run = tuple(steps[i:i + STEPS])
            if len(set(run)) > 2:
                runs.add(run)
    return runs
