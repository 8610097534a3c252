"""Searches a library, and describes a file that is not in it, with psycopg 3."""

import sys
from pathlib import Path

import psycopg
from psycopg.rows import namedtuple_row
from psycopg.types.composite import CompositeInfo, register_composite

query, file = sys.argv[1:]

with psycopg.connect(row_factory=namedtuple_row) as connection:
    # midi_analyze returns one value of this row type: now a named tuple with its columns.
    register_composite(CompositeInfo.fetch(connection, "midi_analysis"), connection)

    pieces = connection.execute(
        "SELECT filename, key_signature, bpm, tags FROM midi_search(%s, max_results => %s)",
        (query, 3),
    )
    for piece in pieces:
        # Any column may be NULL: of music without a key or a tempo, for one.
        tempo = "no tempo" if piece.bpm is None else f"{piece.bpm:.0f} bpm"
        print(f"{piece.filename}: {piece.key_signature or 'no key'}, {tempo}, {', '.join(piece.tags)}")

    # Bytes are a bytea, and so the content of a file; a str would be a path on the server.
    content = Path(file).read_bytes()
    (music,) = connection.execute("SELECT midi_analyze(%s)", (content,)).fetchone()
    title, bars = music.title or "no title", music.bar_count or 0
    print(f"{title}: {bars} bars of {music.instrument_names}, {music.chord_progression}")
