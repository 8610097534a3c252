"""Writes standard MIDI files, and reads those that LilyPond writes."""

from score import QUARTER, Note, NotReadable, Track


def declared(score):
    """The score as it would be exported: tempo, meter, key signature and names."""
    key = score.key()
    minor = bool(key and key[1])
    first = []
    for tick, quarters in score.tempos:
        first.append((tick, b"\xff\x51\x03" + _bytes(min(round(60_000_000 / quarters), 0xFFFFFF), 3)))
    for tick, numerator, denominator in score.meters():
        if numerator < 256 and denominator & (denominator - 1) == 0:
            first.append((tick, bytes([0xFF, 0x58, 4, numerator, denominator.bit_length() - 1, 24, 8])))
    for tick, sharps, _ in score.keys:
        if -7 <= sharps <= 7:
            first.append((tick, bytes([0xFF, 0x59, 2, sharps & 0xFF, minor])))
    tracks = [first]
    for track in score.tracks:
        name = track.name.encode()[:100]
        tracks.append([(0, bytes([0xFF, 0x03, len(name)]) + name)] + _events(track, lambda tick: tick))
    return _file(tracks, QUARTER)


def blind(score, clock):
    """The same seconds and nothing declared: 480 ticks a quarter at the default of 120 quarters a minute."""
    return _file([_events(track, lambda tick: round(clock(tick) * 960)) for track in score.tracks], 480)


def read(data):
    """(tracks, tempos, keys) of a file, as a score has them."""
    if data[:4] != b"MThd":
        raise NotReadable("no MIDI file")
    division, at = int.from_bytes(data[12:14], "big"), 14
    tracks, tempos, keys = [], {}, set()
    while data[at:at + 4] == b"MTrk":
        length = int.from_bytes(data[at + 4:at + 8], "big")
        tracks.append(_read_track(data[at + 8:at + 8 + length], division, tempos, keys))
        at += 8 + length
    return tracks, sorted(tempos.items()), sorted(keys)


def _read_track(data, division, tempos, keys):
    track, at, now, status, sounding = Track("", 0, 0), 0, 0, 0, {}

    def variable():
        nonlocal at
        value = 0
        while True:
            byte, at = data[at], at + 1
            value = value << 7 | byte & 0x7F
            if byte < 0x80:
                return value

    while at < len(data):
        now += variable()
        tick = round(now * QUARTER / division)
        if data[at] >= 0x80:
            status, at = data[at], at + 1
        kind = status & 0xF0
        if status == 0xFF:
            meta, at = data[at], at + 1
            length = variable()
            body, at = data[at:at + length], at + length
            if meta == 0x03:
                track.name = body.decode("latin-1").rstrip(":")
            elif meta == 0x51:
                tempos[tick] = 60_000_000 / int.from_bytes(body, "big")
            elif meta == 0x59:
                keys.add((tick, int.from_bytes(body[:1], "big", signed=True), bool(body[1])))
            continue
        if kind == 0xF0:
            at += variable()
            continue
        first, at = data[at], at + 1
        second = 0
        if kind not in (0xC0, 0xD0):
            second, at = data[at], at + 1
        if max(first, second) > 127:
            raise NotReadable("a pitch out of range")
        if kind == 0xC0:
            track.program = first
        elif kind == 0x90 and second:
            track.channel = status & 0x0F
            sounding.setdefault(first, []).append((tick, second))
        elif kind in (0x80, 0x90) and sounding.get(first):
            start, velocity = sounding[first].pop(0)
            if tick > start:
                track.notes.append(Note(start, tick, first, velocity))
    return track


def _events(track, tick_of):
    events = [(0, bytes([0xC0 | track.channel, track.program]))]
    for note in track.notes:
        start = tick_of(note.start)
        events.append((start, bytes([0x90 | track.channel, note.pitch, note.velocity])))
        events.append((max(tick_of(note.end), start + 1), bytes([0x80 | track.channel, note.pitch, 64])))
    return events


def _file(tracks, division):
    header = _bytes(6, 4) + _bytes(1, 2) + _bytes(len(tracks), 2) + _bytes(division, 2)
    return b"MThd" + header + b"".join(_track(events) for events in tracks)


def _track(events):
    # What ends comes before what starts, and settings before both.
    order = {0x80: 1, 0x90: 2}
    data, now = bytearray(), 0
    for tick, event in sorted(events, key=lambda e: (e[0], order.get(e[1][0] & 0xF0, 0))):
        data += _variable(tick - now) + event
        now = tick
    data += b"\x00\xff\x2f\x00"
    return b"MTrk" + _bytes(len(data), 4) + bytes(data)


def _bytes(value, count):
    return value.to_bytes(count, "big")


def _variable(value):
    out = [value & 0x7F]
    while value := value >> 7:
        out.append(0x80 | value & 0x7F)
    return bytes(reversed(out))
