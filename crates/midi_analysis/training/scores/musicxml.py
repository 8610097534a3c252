"""Reads MusicXML, plain or compressed.

A score is played straight through: repeats are not taken, of endings the last is played. Grace notes come just before
their note; ornaments and arpeggios are not written out. Cue notes are silent."""

import zipfile
from fractions import Fraction
from xml.etree import ElementTree

from score import GRACE, QUARTER, Note, NotReadable, Score, Track, bars_of_measures, changes, monotone

STEPS = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}
VELOCITY = 90
"""MusicXML's dynamics are a percentage of this."""


def read(path):
    """The score in a .mxl, .musicxml or .xml file."""
    root = _root(path)
    if root.tag != "score-partwise":
        raise NotReadable("not partwise")
    parts = root.findall("part")
    if not parts:
        raise NotReadable("no parts")
    played = _played(parts[0].findall("measure"))
    readers = [_Part(part, i, _program(root, part.get("id")), _name(root, part.get("id"))) for i, part in enumerate(parts)]
    starts, lengths, tick = [], [], 0
    for number in played:
        length = max(reader.measure(number, tick) for reader in readers)
        starts.append(tick)
        lengths.append(length)
        tick += length
    first = readers[0]
    tracks = [t for reader in readers for t in reader.tracks() if t.notes]
    if not tracks:
        raise NotReadable("no notes")
    tempos = sorted({tick: quarters for reader in readers for tick, quarters in reader.tempos}.items())
    bars = bars_of_measures(starts, lengths, changes(first.meters))
    return Score(tracks, bars, tempos, [(tick, *key) for tick, key in changes(first.keys)])


def _root(path):
    if not str(path).endswith(".mxl"):
        return ElementTree.parse(path).getroot()
    with zipfile.ZipFile(path) as archive:
        names = [n for n in archive.namelist() if n.endswith(("xml",)) and not n.startswith("META-INF")]
        if not names:
            raise NotReadable("no score in the archive")
        return ElementTree.fromstring(archive.read(names[0]))


def _program(root, part):
    text = root.findtext(f"part-list/score-part[@id='{part}']/midi-instrument/midi-program")
    return min(max(int(text) - 1, 0), 127) if text else 0


def _name(root, part):
    return (root.findtext(f"part-list/score-part[@id='{part}']/part-name") or "").strip()


def _played(measures):
    """The indices of the measures that are played: all but the endings that another ending follows."""
    endings, start = [], None
    for i, measure in enumerate(measures):
        for ending in measure.iter("ending"):
            if ending.get("type") == "start":
                start = i
            elif start is not None:
                endings.append((start, i))
                start = None
    skipped = set()
    for (a, b), (c, _) in zip(endings, endings[1:]):
        if c == b + 1:
            skipped.update(range(a, b + 1))
    return [i for i in range(len(measures)) if i not in skipped]


class _Part:
    """Reads one part, measure by measure."""

    def __init__(self, part, index, program, name):
        self.measures = part.findall("measure")
        self.name, self.program = name, program
        self.channel = index % 15 + (index % 15 >= 9)
        self.divisions, self.transpose, self.velocity = 1, 0, 80
        self.meters, self.keys, self.tempos = [], [], []
        self.staves, self.tied = {}, {}

    def tracks(self):
        for staff in sorted(self.staves):
            yield Track(self.name, self.program, self.channel, monotone(self.staves[staff]))

    def measure(self, number, start):
        """Reads a measure that starts at the tick `start`; returns its length."""
        if number >= len(self.measures):
            return 0
        at = longest = Fraction(0)
        onset, graces = Fraction(0), []
        for element in self.measures[number]:
            if element.tag == "attributes":
                self._attributes(element, start + self._ticks(at))
            elif element.tag in ("direction", "sound"):
                self._sound(element, start + self._ticks(at + self._offset(element)))
            elif element.tag == "backup":
                at = max(at - self._duration(element), Fraction(0))
            elif element.tag == "forward":
                at += self._duration(element)
            elif element.tag == "note":
                if element.find("cue") is not None:
                    at += self._duration(element)
                elif element.find("grace") is not None:
                    graces.append(element)
                else:
                    if element.find("chord") is None:
                        self._graces(graces, start + self._ticks(at))
                        graces = []
                        onset = at
                        at += self._duration(element)
                    self._note(element, start + self._ticks(onset), start + self._ticks(onset + self._duration(element)))
            longest = max(longest, at)
        self._graces(graces, start + self._ticks(at))
        return self._ticks(longest)

    def _ticks(self, quarters):
        return round(quarters * QUARTER)

    def _duration(self, element):
        text = element.findtext("duration")
        return Fraction(text) / self.divisions if text else Fraction(0)

    def _offset(self, element):
        text = element.findtext("offset")
        return Fraction(text) / self.divisions if text else Fraction(0)

    def _attributes(self, element, tick):
        if text := element.findtext("divisions"):
            self.divisions = Fraction(text)
        if text := element.findtext("transpose/chromatic"):
            self.transpose = int(text) + 12 * int(element.findtext("transpose/octave-change") or 0)
        if text := element.findtext("key/fifths"):
            mode = {"major": False, "minor": True}.get(element.findtext("key/mode"))
            self.keys.append((tick, (int(text), mode)))
        time = element.find("time")
        if time is not None and time.find("beats") is not None:
            beats, units = time.findall("beats"), time.findall("beat-type")
            numerators = [sum(int(n) for n in b.text.split("+")) for b in beats]
            unit = max(int(u.text) for u in units)
            numerator = sum(n * unit // int(u.text) for n, u in zip(numerators, units))
            self.meters.append((tick, (numerator, unit)))

    def _sound(self, element, tick):
        sound = element if element.tag == "sound" else element.find("sound")
        if sound is None:
            return
        if sound.get("tempo") and float(sound.get("tempo")) > 0:
            self.tempos.append((max(tick, 0), float(sound.get("tempo"))))
        if sound.get("dynamics"):
            self.velocity = min(max(round(float(sound.get("dynamics")) * VELOCITY / 100), 1), 127)

    def _pitch(self, element):
        pitch = element.find("pitch")
        if pitch is None:
            return None
        alter = float(pitch.findtext("alter") or 0)
        value = 12 * (int(pitch.findtext("octave")) + 1) + STEPS[pitch.findtext("step")] + round(alter) + self.transpose
        return value if 0 <= value <= 127 else None

    def _note(self, element, start, end):
        pitch, staff = self._pitch(element), int(element.findtext("staff") or 1)
        if pitch is None or end <= start:
            return
        notes = self.staves.setdefault(staff, [])
        ties = {t.get("type") for t in element.findall("tie")}
        before = self.tied.pop((staff, pitch, start), None) if "stop" in ties else None
        if before is not None:
            notes[before] = Note(notes[before].start, end, pitch, notes[before].velocity)
        else:
            before = len(notes)
            accent = 15 if element.find("notations/articulations/accent") is not None else 0
            notes.append(Note(start, end, pitch, min(self.velocity + accent, 127)))
        if "start" in ties:
            self.tied[(staff, pitch, end)] = before

    def _graces(self, graces, tick):
        """Grace notes end where their note starts, one after the other; those of a chord together."""
        groups = []
        for element in graces:
            if element.find("chord") is None or not groups:
                groups.append([])
            groups[-1].append(element)
        for back, group in enumerate(reversed(groups)):
            end = tick - back * GRACE
            for element in group:
                pitch, staff = self._pitch(element), int(element.findtext("staff") or 1)
                if pitch is not None and end > GRACE:
                    self.staves.setdefault(staff, []).append(Note(end - GRACE, end, pitch, self.velocity))
