"""Reads Humdrum's **kern: a line a moment, a column (spine) a voice. Splits of spines are voices of one staff.

A score is played straight through. Grace notes and ornaments are as in musicxml.py."""

import re
from fractions import Fraction

from score import GRACE, QUARTER, Note, NotReadable, Score, Track, bars_of_measures, changes, monotone

WHOLE = 4 * QUARTER
LICENCE = re.compile(r"^!!!YEM:.*\b(CC0|CC[- ]BY([- ]SA)?([- ][1-4]\.\d)?)(?![-\w])", re.MULTILINE)
NOTE = re.compile(r"([a-gA-G])\1*(#+|-+|n)?")
DURATION = re.compile(r"(\d+)(?:%(\d+))?(\.*)")
METER = re.compile(r"\*M(\d+)/(\d+)$")
SIGNATURE = re.compile(r"\*k\[(.*)\]$")
KEY = re.compile(r"\*([a-gA-G])[#-]?:$")
TEMPO = re.compile(r"\*MM(\d+(?:\.\d+)?)$")
STEPS = dict(zip("cdefgab", (0, 2, 4, 5, 7, 9, 11)))
PROGRAMS = {"piano": 0, "forte": 0, "organ": 19, "violn": 40, "viola": 41, "cello": 42, "vox": 52, "soprn": 52}
VELOCITIES = {"ppp": 30, "pp": 40, "p": 54, "mp": 66, "mf": 80, "f": 94, "ff": 108, "fff": 120}
UNSTATED = 80
"""The velocity before the first dynamic mark. Marks are those of all staves."""
MOST_FAULTS = 0.01
"""The share of tokens that come before the last of their voice has ended."""


class _Spine:
    """A column: a voice of a staff, or anything else."""

    def __init__(self, kind, staff=None, until=Fraction(0)):
        self.kind, self.staff, self.until = kind, staff, until

    def split(self):
        return _Spine(self.kind, self.staff, self.until)


def free_licence(text):
    """The licence that the file states, if it allows any use."""
    stated = LICENCE.search(text)
    return stated and stated[1]


def read(text):
    """The score in a file's text."""
    return _Reader().read(text)


class _Reader:
    def __init__(self):
        self.spines, self.tracks, self.tied = [], [], {}
        self.starts, self.meters, self.signatures, self.modes, self.tempos = [Fraction(0)], [], [], {}, {}
        self.now, self.velocity, self.tokens, self.faults, self.graces = Fraction(0), UNSTATED, 0, 0, {}

    def read(self, text):
        for line in text.splitlines():
            if not line or line.startswith("!"):
                continue
            fields = line.split("\t")
            if line.startswith("**"):
                self._exclusive(fields)
            elif len(fields) != len(self.spines):
                raise NotReadable("spines out of step")
            elif line.startswith("*"):
                self._interpretations(fields)
            elif line.startswith("="):
                self._barline()
            else:
                self._data(fields)
        self._barline()
        tracks = [track for track in self.tracks if track.notes]
        if not tracks:
            raise NotReadable("no notes")
        if self.faults > MOST_FAULTS * self.tokens:
            raise NotReadable("voices out of step")
        for track in tracks:
            track.notes = monotone(track.notes)
        ticks = [round(start * WHOLE) for start in self.starts]
        bars = bars_of_measures(ticks[:-1], [b - a for a, b in zip(ticks, ticks[1:])], changes(self.meters))
        keys = [(tick, sharps, self.modes.get(tick)) for tick, sharps in changes(self.signatures)]
        return Score(tracks, bars, sorted(self.tempos.items()), keys)

    def _exclusive(self, fields):
        self.spines = []
        for field in fields:
            if field == "**kern":
                self.tracks.append(Track("", 0, 0))
                self.spines.append(_Spine(field, len(self.tracks) - 1))
            else:
                self.spines.append(_Spine(field))

    def _interpretations(self, fields):
        tick, spines, at = round(self.now * WHOLE), [], 0
        while at < len(fields):
            field, spine, at = fields[at], self.spines[at], at + 1
            if field == "*v":
                while at < len(fields) and fields[at] == "*v":
                    spine.until, at = max(spine.until, self.spines[at].until), at + 1
                spines.append(spine)
            elif field == "*^":
                spines += [spine, spine.split()]
            elif field == "*+":
                spines += [spine, _Spine("")]
            elif field == "*x":
                spines += [self.spines[at], spine]
                at += 1
            elif field != "*-":
                spines.append(spine)
                if spine.staff is not None:
                    self._interpretation(field, tick, self.tracks[spine.staff])
        self.spines = spines

    def _interpretation(self, field, tick, track):
        if found := METER.match(field):
            self.meters.append((tick, (int(found[1]), int(found[2]))))
        elif found := SIGNATURE.match(field):
            self.signatures.append((tick, found[1].count("#") - found[1].count("-")))
        elif found := KEY.match(field):
            self.modes[tick] = found[1].islower()
        elif found := TEMPO.match(field):
            self.tempos[tick] = max(float(found[1]), 1.0)
        elif field.startswith("*Tr"):
            raise NotReadable("transposed")
        elif field.startswith("*I"):
            track.program = PROGRAMS.get(field[2:], track.program)
        elif field.startswith("*part") and field[5:].isdigit():
            index = int(field[5:]) - 1
            track.channel = index % 15 + (index % 15 >= 9)

    def _barline(self):
        self.now = max([self.now] + [spine.until for spine in self.spines])
        for spine in self.spines:
            spine.until = self.now
        if self.now > self.starts[-1]:
            self.starts.append(self.now)

    def _data(self, fields):
        for spine, field in zip(self.spines, fields):
            if spine.kind == "**dynam":
                self.velocity = next((VELOCITIES[f] for f in field.split(" ") if f in VELOCITIES), self.velocity)
        sounding = [
            (spine, field) for spine, field in zip(self.spines, fields) if spine.staff is not None and field != "."
        ]
        if not sounding:
            return
        self.now = max(spine.until for spine, _ in sounding)
        for spine, field in sounding:
            self.tokens += 1
            self.faults += spine.until != self.now
            if "q" in field.lower():
                self.graces.setdefault(spine.staff, []).append(field)
                continue
            found = DURATION.search(field)
            if not found:
                raise NotReadable("a note without a duration")
            lasts = _length(found)
            self._graces(spine.staff)
            self._notes(spine.staff, field, lasts)
            spine.until = self.now + lasts

    def _notes(self, staff, field, lasts):
        start, end = round(self.now * WHOLE), round((self.now + lasts) * WHOLE)
        notes = self.tracks[staff].notes
        for token in field.split(" "):
            pitch = _pitch(token)
            if pitch is None or end <= start:
                continue
            before = self.tied.pop((staff, pitch, start), None) if "_" in token or "]" in token else None
            if before is not None:
                notes[before] = Note(notes[before].start, end, pitch, self.velocity)
            else:
                before = len(notes)
                notes.append(Note(start, end, pitch, self.velocity))
            if "[" in token or "_" in token:
                self.tied[staff, pitch, end] = before

    def _graces(self, staff):
        for back, field in enumerate(reversed(self.graces.pop(staff, []))):
            end = round(self.now * WHOLE) - back * GRACE
            for pitch in filter(None, map(_pitch, field.split(" "))):
                if end > GRACE:
                    self.tracks[staff].notes.append(Note(end - GRACE, end, pitch, self.velocity))


def _length(found):
    """A duration in whole notes: 0 is a breve, 00 a longa; dots add halves."""
    digits, over, dots = found.groups()
    plain = Fraction(2 ** len(digits)) if set(digits) == {"0"} else Fraction(int(over or 1), int(digits))
    return plain * (2 - Fraction(1, 2 ** len(dots)))


def _pitch(token):
    """The pitch of a note: c is middle C, cc the octave above, C the octave below. None for a rest."""
    found = NOTE.search(token)
    if "r" in token or not found:
        return None
    letter, count = found[1], len(re.match(r"[a-gA-G]+", found[0])[0])
    octave = 3 + count if letter.islower() else 4 - count
    alter = (found[2] or "").count("#") - (found[2] or "").count("-")
    pitch = 12 * (octave + 1) + STEPS[letter.lower()] + alter
    return pitch if 0 <= pitch <= 127 else None
