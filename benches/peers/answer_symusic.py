"""How many pieces are in A minor over 120 BPM, with symusic and a database: key and tempo as declared.
`answer_symusic.py DATABASE FOLDER SECONDS`, where DATABASE is sqlite or duckdb."""

import csv
import sqlite3
import sys
import tempfile

import duckdb
from symusic import Score

from folder import answer

QUESTION = "SELECT count(*) FROM pieces WHERE sharps = 0 AND minor = 1 AND bpm > 120"
rows = []


def piece(path):
    score = Score(path, fmt="midi")
    key = score.key_signatures[0] if score.key_signatures else None
    rows.append((path, key and key.key, key and key.tonality, score.tempos[0].qpm if score.tempos else 120.0))


def by_sqlite():
    with tempfile.NamedTemporaryFile(suffix=".db") as file:
        database = sqlite3.connect(file.name)
        database.execute("CREATE TABLE pieces (path TEXT, sharps INTEGER, minor INTEGER, bpm REAL)")
        database.executemany("INSERT INTO pieces VALUES (?, ?, ?, ?)", rows)
        database.commit()
        return database.execute(QUESTION).fetchone()[0]


def by_duckdb():
    # Its way to read many rows; an INSERT for each is much slower.
    with tempfile.NamedTemporaryFile("w", suffix=".csv", newline="") as file:
        csv.writer(file).writerows(rows)
        file.flush()
        columns = "{path: 'TEXT', sharps: 'INTEGER', minor: 'INTEGER', bpm: 'DOUBLE'}"
        duckdb.sql(f"CREATE VIEW pieces AS FROM read_csv('{file.name}', header = false, columns = {columns})")
        return duckdb.sql(QUESTION).fetchall()[0][0]


answer(sys.argv[2:], piece, {"sqlite": by_sqlite, "duckdb": by_duckdb}[sys.argv[1]])
