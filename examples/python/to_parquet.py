"""Writes a library as a Parquet file by Polars and ADBC, and asks DuckDB about it."""

import sys

import adbc_driver_postgresql.dbapi
import duckdb
import polars

uri, file = sys.argv[1:]

# Rows arrive as Arrow, column by column: no Python object is made for a value.
with adbc_driver_postgresql.dbapi.connect(uri) as connection, connection.cursor() as cursor:
    cursor.execute("""
        SELECT file_id, filename, key_signature, bpm, bar_count, instrument_names, tags
        FROM midi_library ORDER BY path
    """)
    pieces = polars.DataFrame(cursor.fetch_arrow())

print(pieces.select("filename", "key_signature", "bpm", "tags").head(3))
pieces.write_parquet(file)

for instrument, count, bars in duckdb.execute("""
    SELECT unnest(instrument_names) AS instrument, count(*), avg(bar_count)
    FROM read_parquet(?) WHERE bar_count IS NOT NULL GROUP BY instrument ORDER BY count(*) DESC, instrument LIMIT 3
""", [file]).fetchall():
    print(f"{instrument} in {count}, of {bars:.1f} bars on average")
