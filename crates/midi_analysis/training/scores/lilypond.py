"""Hears LilyPond scores: `lilypond` makes MIDI files, and heard.ily says where the bars are, which the files do not."""

import re
import subprocess
from fractions import Fraction
from functools import partial
from pathlib import Path

import smf
from score import QUARTER, Bar, NotReadable, Score

WHOLE = 4 * QUARTER
UNSTATED = 60.0
"""LilyPond's tempo, in quarters a minute, where the score states none."""
LICENCE = re.compile(r'^\s*(?:license|copyright)\s*=\s*"([^"]*)"', re.MULTILINE)
FREE = re.compile(
    r"Public Domain|(Creative Commons |cc-)(Attribution|BY)([- ](ShareAlike|SA))?( [1-4]\.\d.*)?", re.IGNORECASE
)
"""What may be used for any purpose."""


def free_licence(text):
    """The licence that the header states, if it allows any use."""
    stated = [licence.strip() for licence in LICENCE.findall(text)]
    return stated[0] if stated and all(FREE.fullmatch(licence) for licence in stated) else None


def read_all(paths, folder, limit_s):
    """(path, number, how it is read) of each score in LilyPond files whose names differ. The MIDI files are made in
    `folder`, within `limit_s` for each file."""
    waiting = list(paths)
    while waiting:
        said = _run(waiting, folder, limit_s)
        heard = [p for p in waiting if p.stem in said]
        if not heard:
            yield from ((path, 0, _no_score) for path in waiting)
            return
        for path in heard:
            waiting.remove(path)
            scores = said[path.stem].split("score\n")[1:] if "syntax error" not in said[path.stem] else []
            if not scores:
                yield path, 0, _no_score
            for number, lines in enumerate(scores):
                made = Path(folder) / (path.stem + (f"-{number}" if number else "") + ".midi")
                yield path, number, partial(_score, made, lines)


def _run(paths, folder, limit_s):
    """What LilyPond says of files, by their names. It stops at the first that fails altogether."""
    settings = Path(__file__).with_name("heard.ily")
    command = ["lilypond", f"-dinclude-settings={settings}", "-dno-print-pages", "--loglevel=ERROR", f"--output={folder}"]
    process = subprocess.Popen([*command, *map(str, paths)], stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    try:
        said, _ = process.communicate(timeout=limit_s * len(paths))
    except subprocess.TimeoutExpired:
        process.kill()
        said, _ = process.communicate()
    blocks = re.split(r"^file (.*)\n", said.decode(errors="replace"), flags=re.MULTILINE)
    return {Path(name).name: block for name, block in zip(blocks[1::2], blocks[2::2])}


def _no_score():
    raise NotReadable("errors in the source, or no MIDI")


def _score(midi, lines):
    steps = [line.split() for line in lines.splitlines()]
    steps = [(Fraction(s[0]), Fraction(s[1]), tuple(map(int, s[2].split("/")))) for s in steps if len(s) == 3]
    tracks, tempos, keys = smf.read(midi.read_bytes())
    tracks = [t for t in tracks if t.notes]
    if not tracks or not steps:
        raise NotReadable("no notes")
    onsets = {n.start for t in tracks for n in t.notes}
    times = {round(moment * WHOLE) for moment, _, _ in steps}
    if len(onsets - times) > len(onsets) // 5:
        raise NotReadable("the bars are not those of the notes")
    if len(tempos) == 1 and abs(tempos[0][1] - UNSTATED) < 0.01:
        tempos = []
    return Score(tracks, _bars(steps, max(n.end for t in tracks for n in t.notes)), tempos, keys)


def _bars(steps, end):
    """Bars of the positions in the bar that were heard. Those of an upbeat are negative: they count to the bar line."""
    segments, origin, before = [], None, None
    for moment, position, meter in steps:
        full = Fraction(*meter)
        line = moment - position - (full if position < 0 else 0)
        if (line, meter) != origin:
            start = line if before is not None and line > before else moment
            segments.append((start, (start - line) % full, meter))
            origin = (line, meter)
        before = moment
    bars = []
    for (start, phase, meter), until in zip(segments, [s[0] for s in segments[1:]] + [Fraction(end, WHOLE)]):
        full = Fraction(*meter)
        while start < until:
            # Bars in which nothing starts were not heard.
            following = min(start + full - phase, until)
            tick = round(start * WHOLE)
            bars.append(Bar(tick, round(following * WHOLE) - tick, round(phase * WHOLE), *meter))
            start, phase = following, Fraction(0)
    return bars
