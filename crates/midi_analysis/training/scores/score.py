"""What a set keeps of a score: notes, bars, tempo and key signatures, on one clock of ticks, played straight through."""

import bisect
import math
import random
from dataclasses import dataclass, field

QUARTER = 480
"""Ticks of a quarter note."""
GRACE = QUARTER // 8
"""How long a grace note lasts."""

# Beats a minute of the songs of OpenScore Lieder that state a tempo: the median and the spread (standard deviation of the
# natural logarithm), by what is counted.
TEMPO_OF_BEAT = {"half": (58.0, 0.35), "quarter": (92.0, 0.33), "eighth": (190.0, 0.40), "dotted": (75.0, 0.27)}
TEMPO_RANGE = (30.0, 220.0)


class NotReadable(Exception):
    """Why a score cannot be taken."""


@dataclass(frozen=True)
class Note:
    """A sounding note. Notes that are tied are one."""

    start: int
    end: int
    pitch: int
    velocity: int


@dataclass
class Track:
    """One staff of one part."""

    name: str
    program: int
    channel: int
    notes: list = field(default_factory=list)


@dataclass(frozen=True)
class Bar:
    """A bar of `numerator`/`denominator`, or a part of one. `phase` is how much of it lies before `start`: more than 0 in
    an upbeat and after a repeat sign within a bar."""

    start: int
    length: int
    phase: int
    numerator: int
    denominator: int

    def beat(self):
        """The length of what is counted: the dotted unit of 6/8, 9/8 and 12/8, otherwise the unit that is written."""
        unit = 4 * QUARTER // self.denominator
        return 3 * unit if self.numerator > 3 and self.numerator % 3 == 0 else unit


@dataclass
class Score:
    tracks: list
    bars: list
    tempos: list
    """(tick, quarters a minute), ascending, the first at 0 where the score states one."""
    keys: list
    """(tick, sharps, is minor or None), ascending."""

    def notes(self):
        return sorted((n for t in self.tracks for n in t.notes), key=lambda n: (n.start, n.pitch))

    def meters(self):
        """(tick, numerator, denominator) of each change."""
        changes = []
        for bar in self.bars:
            if not changes or changes[-1][1:] != (bar.numerator, bar.denominator):
                changes.append((bar.start, bar.numerator, bar.denominator))
        return changes

    def longest_meter(self):
        lasts = {}
        for bar in self.bars:
            meter = (bar.numerator, bar.denominator)
            lasts[meter] = lasts.get(meter, 0) + bar.length
        return max(lasts, key=lasts.get)

    def irregular(self):
        """The share of bars, between the first and the last, that are not as long as their meter says."""
        odd = 0
        for bar, following in zip(self.bars[1:], self.bars[2:]):
            full = 4 * QUARTER * bar.numerator // bar.denominator
            odd += bar.phase + bar.length != (following.phase or full)
        return odd / max(len(self.bars), 1)

    def beats(self):
        """(beats, downbeats) in ticks, from the first note's bar to the last note."""
        last = max(n.start for t in self.tracks for n in t.notes)
        beats, downbeats = [], []
        for bar in self.bars:
            beat = bar.beat()
            position = -(-bar.phase // beat) * beat
            while position < bar.phase + bar.length and bar.start + position - bar.phase <= last:
                tick = bar.start + position - bar.phase
                beats.append(tick)
                if position == 0:
                    downbeats.append(tick)
                position += beat
        return beats, downbeats

    def key(self):
        """(tonic, is minor) where it is certain: one signature, and the lowest note at the end is a tonic that it allows, in
        the mode that is stated if one is."""
        if len({key[1:] for key in self.keys}) != 1:
            return None
        stated = self.keys[0][2]
        notes = self.notes()
        last = max(n.end for n in notes)
        final = [n.pitch for n in notes if n.end > last - QUARTER // 4]
        major = self.keys[0][1] * 7 % 12
        minor = (major + 9) % 12
        bass = min(final) % 12
        third = {(p - bass) % 12 for p in final} & {3, 4}
        if bass == major and third != {3} and stated is not True:
            return major, False
        if bass == minor and stated is not False:
            return minor, True
        return None

    def with_tempo(self, seed):
        """The score with a tempo at its start: drawn by what is counted, where none is stated."""
        if self.tempos and self.tempos[0][0] <= self.bars[0].length:
            start = [(0, self.tempos[0][1])]
            tempos = start + [t for t in self.tempos[1:] if t[0] > 0]
        else:
            meter = self.longest_meter()
            beat = Bar(0, 0, 0, *meter).beat()
            median, spread = TEMPO_OF_BEAT[_counted(beat)]
            drawn = math.exp(random.Random(seed).gauss(math.log(median), spread))
            beats = round(min(max(drawn, TEMPO_RANGE[0]), TEMPO_RANGE[1]))
            tempos = [(0, beats * beat / QUARTER), *self.tempos]
        return Score(self.tracks, self.bars, tempos, self.keys)


def _counted(beat):
    """What the length of a beat is called: a note value, or dotted."""
    if beat % (3 * QUARTER // 8) == 0:
        return "dotted"
    return "half" if beat > QUARTER else "quarter" if beat == QUARTER else "eighth"


class Clock:
    """Ticks to seconds."""

    def __init__(self, tempos):
        self.ticks, self.seconds, self.second_of_tick = [], [], []
        at = 0.0
        for i, (tick, quarters) in enumerate(tempos):
            if i:
                at += (tick - self.ticks[-1]) * self.second_of_tick[-1]
            self.ticks.append(tick)
            self.seconds.append(at)
            self.second_of_tick.append(60.0 / quarters / QUARTER)

    def __call__(self, tick):
        i = max(bisect.bisect_right(self.ticks, tick) - 1, 0)
        return self.seconds[i] + (tick - self.ticks[i]) * self.second_of_tick[i]


def changes(values):
    """(tick, value) in order, each value that differs from the one before; of several at a tick the last."""
    changes = []
    for tick, value in values:
        if changes and changes[-1][0] == tick:
            changes.pop()
        if not changes or changes[-1][1] != value:
            changes.append((tick, value))
    return changes


def bars_of_measures(starts, lengths, meters):
    """Measures as bars. A measure that is shorter than its meter is an upbeat at the start of a piece; in it, one half of a
    bar that a repeat sign divides, if the next completes it."""
    bars, open_at, meter_index = [], 0, 0
    for i, (start, length) in enumerate(zip(starts, lengths)):
        while meter_index + 1 < len(meters) and meters[meter_index + 1][0] <= start:
            meter_index += 1
        numerator, denominator = meters[meter_index][1] if meters else (4, 4)
        full = 4 * QUARTER * numerator // denominator
        phase = open_at
        if i == 0 and length < full:
            phase = full - length
        following = lengths[i + 1] if i + 1 < len(lengths) else full
        ends = phase + length
        open_at = ends if ends < full and ends + following == full else 0
        if length > 0:
            bars.append(Bar(start, length, phase, numerator, denominator))
    return bars


def monotone(notes):
    """Notes in order, and none that sounds twice at once: the earlier ends where the later starts."""
    ordered, last = [], {}
    for note in sorted(notes, key=lambda n: (n.start, n.pitch, -n.end)):
        before = last.get(note.pitch)
        if before is not None and ordered[before].start == note.start:
            continue
        if before is not None and ordered[before].end > note.start:
            early = ordered[before]
            ordered[before] = Note(early.start, note.start, early.pitch, early.velocity)
        last[note.pitch] = len(ordered)
        ordered.append(note)
    return ordered
