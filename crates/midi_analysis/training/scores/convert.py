#!/usr/bin/env python3
"""convert.py OUT SOURCE [--leave-out FILE] [--containing PATTERN] [--unlike FOLDER...]: makes a set of the scores in SOURCE.

OUT gets a MIDI file of each score and truth.jsonl; OUT_blind gets the same seconds with nothing declared. FILE has a
regular expression a line; scores whose path matches one are left out, and so are those that are mostly like a piece in one
of the FOLDERs, or like another of the set. Of **kern only files are read in which the expression PATTERN is found. See
README.md."""

import argparse
import hashlib
import json
import re
import sys
import tempfile
import unicodedata
from collections import Counter
from pathlib import Path
from statistics import median
from xml.etree.ElementTree import ParseError
from zipfile import BadZipFile

import kern
import lilypond
import musicxml
import smf
from likeness import Likeness
from score import Clock, NotReadable

NAMES = ["C", "Db", "D", "Eb", "E", "F", "F#", "G", "Ab", "A", "Bb", "B"]
SHORTEST_S, LONGEST_S, FEWEST_NOTES = 8.0, 1200.0, 40
LEAST_SOUNDING = 1.3
"""Notes that sound at once, on average: a single line is not taken."""
MOST_IRREGULAR = 0.05
"""The share of bars that are not as long as their meter says."""
BATCH, LIMIT_S = 24, 20


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("out", type=Path)
    arguments.add_argument("source", type=Path)
    arguments.add_argument("--leave-out", type=Path)
    arguments.add_argument("--unlike", type=Path, nargs="*", default=[])
    arguments.add_argument("--containing", default="")
    given = arguments.parse_args()
    left_out = given.leave_out.read_text().split() if given.leave_out else []
    known = Likeness()
    for folder in given.unlike:
        known.add_folder(folder)

    blind = given.out.with_name(given.out.name + "_blind")
    for folder in (given.out, blind):
        folder.mkdir(parents=True, exist_ok=True)
    refused, taken = Counter(), 0
    with open(given.out / "truth.jsonl", "w") as facts, open(blind / "truth.jsonl", "w") as blind_facts:
        for name, origin, score in read(given.source, left_out, given.containing, refused):
            try:
                fact = take(name, score, known, given.out, blind)
            except NotReadable as error:
                refused[str(error)] += 1
                continue
            line = json.dumps(fact | origin) + "\n"
            for file in (facts, blind_facts):
                file.write(line)
                file.flush()
            taken += 1
    print(f"{taken} pieces, left out: {dict(refused.most_common())}", file=sys.stderr)


def read(source, left_out, containing, refused):
    """(file name, origin, score) of the scores below a folder: MusicXML; **kern and LilyPond that state a free licence."""
    without = re.compile("|".join(left_out) or r"\Z.")

    def wanted(pattern):
        paths = [p for p in source.rglob(pattern) if p.is_file()]
        kept = [p for p in paths if not without.search(p.relative_to(source).as_posix())]
        refused["named to be left out"] += len(paths) - len(kept)
        # In an order that says nothing of the music, so that a part of the set is a sample of it.
        return sorted(kept, key=lambda p: seed(p.relative_to(source).as_posix()))

    def named(path, score, licence=None, number=0):
        origin = {"origin": path.relative_to(source).as_posix()}
        return name_of(path, source, number), origin | ({"licence": licence} if licence else {}), score

    for path in wanted("*.mxl"):
        if score := attempt(refused, musicxml.read, path):
            yield named(path, score)
    for path in wanted("*.krn"):
        text = path.read_text(errors="replace")
        if (licence := kern.free_licence(text)) and re.search(containing, text, re.MULTILINE):
            if score := attempt(refused, kern.read, text):
                yield named(path, score, licence)
    licences = {path: lilypond.free_licence(path.read_text(errors="replace")) for path in wanted("*.ly")}
    waiting = [path for path, licence in licences.items() if licence]
    while waiting:
        # LilyPond names what it makes by the stem of the file.
        batch = list({path.stem: path for path in waiting[:BATCH]}.values())
        waiting = [path for path in waiting if path not in batch]
        with tempfile.TemporaryDirectory() as folder:
            for path, number, score in lilypond.read_all(batch, folder, LIMIT_S):
                if score := attempt(refused, score):
                    yield named(path, score, licences[path], number)


def attempt(refused, reading, *arguments):
    """What `reading` gives, or None where the source is not as it should be, which is counted."""
    try:
        return reading(*arguments)
    except (NotReadable, ParseError, BadZipFile, OSError, LookupError, TypeError, ValueError, ZeroDivisionError) as error:
        refused[str(error) if isinstance(error, NotReadable) else type(error).__name__] += 1
        return None


def take(name, score, known, out, blind):
    """Writes a score, and returns what is known of it in the form of the annotated sets."""
    notes = score.notes()
    if len(notes) < FEWEST_NOTES:
        raise NotReadable("few notes")
    first, last = notes[0].start, max(n.end for n in notes)
    if sum(n.end - n.start for n in notes) < LEAST_SOUNDING * (last - first):
        raise NotReadable("a single line")
    if score.irregular() > MOST_IRREGULAR:
        raise NotReadable("irregular bars")
    score = score.with_tempo(seed(name))
    clock = Clock(score.tempos)
    beats, downbeats = ([round(clock(t), 4) for t in ticks] for ticks in score.beats())
    if not downbeats or not SHORTEST_S <= beats[-1] <= LONGEST_S:
        raise NotReadable("too short or too long")
    if like := known.find(notes, clock):
        raise NotReadable(f"like a piece of {like}")
    known.add(notes, clock, "the set")

    numerator, denominator = score.longest_meter()
    fact = {
        "file": name,
        "time_signature": f"{numerator}/{denominator}",
        "time_signatures": [[round(clock(t), 4), f"{n}/{d}"] for t, n, d in score.meters()],
        "bpm": round(60.0 / median(b - a for a, b in zip(beats, beats[1:])), 2),
        "beats_s": beats,
        "downbeats_s": downbeats,
        "note_count": len(notes),
    }
    if len({sharps for _, sharps, _ in score.keys}) == 1:
        fact["key_fifths"] = score.keys[0][1]
    if key := score.key():
        fact["key"] = f"{NAMES[key[0]]} {'minor' if key[1] else 'major'}"
    (out / name).write_bytes(smf.declared(score))
    (blind / name).write_bytes(smf.blind(score, clock))
    return fact


def seed(text):
    return int(hashlib.sha1(text.encode()).hexdigest()[:8], 16)


def name_of(path, source, number=0):
    """A path as letters and digits of ASCII, words joined by underscores."""
    text = str(path.relative_to(source).with_suffix("")) + (f" {number}" if number else "")
    text = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return re.sub(r"[^A-Za-z0-9]+", "_", text).strip("_") + ".mid"


if __name__ == "__main__":
    main()
