//! Which files there are, when they came in, and which are copies.

use pgrx::spi::SpiResult;

use super::library::{Library, count};
use crate::render::report::facts::{Copied, Copies, Count, Files};

/// When the statement began, in the time zone of the session.
const WRITTEN: &str = "SELECT to_char(statement_timestamp(), 'YYYY-MM-DD HH24:MI TZ')";

/// The files by state, their bytes, and how many names have a key and a tempo.
const STATES: &str = "
    SELECT state, count(*), COALESCE(sum(size_bytes), 0)::float8, count(name_key), count(name_bpm)
    FROM @library@.midi_files
    GROUP BY state
    ORDER BY 2 DESC, state";

/// The files by the period in which they came in, with the kind of period, which is such that there are at most about
/// sixty. Times that no clock shows are left out.
const ARRIVALS: &str = "
    WITH span AS (
        SELECT min(imported_at) AS first, max(imported_at) AS last
        FROM @library@.midi_files
        WHERE state IN ('imported', 'duplicate') AND imported_at BETWEEN '1900-01-01' AND '9999-01-01'
    ), period AS (
        SELECT first, last, unit, format
        FROM span, (VALUES
            ('hour', '60 hours'::interval, 'YYYY-MM-DD HH24:00'), ('day', '60 days', 'YYYY-MM-DD'),
            ('week', '420 days', 'YYYY-MM-DD'), ('month', '1800 days', 'YYYY-MM'), ('year', '60 years', 'YYYY'),
            ('century', '10000 years', 'YYYY')) AS units (unit, longest, format)
        WHERE last - first < longest
        ORDER BY longest
        LIMIT 1
    ), counted AS (
        SELECT date_trunc((SELECT unit FROM period), imported_at) AS start, count(*) AS files
        FROM @library@.midi_files
        WHERE state IN ('imported', 'duplicate') AND imported_at BETWEEN '1900-01-01' AND '9999-01-01'
        GROUP BY 1
    )
    SELECT to_char(start, format), COALESCE(counted.files, 0), unit
    FROM period
    CROSS JOIN LATERAL generate_series(date_trunc(unit, first), last, ('1 ' || unit)::interval) AS start
    LEFT JOIN counted USING (start)
    ORDER BY start";

/// The totals of the contents that several files have, in each row, and those whose copies take most.
const COPIES: &str = "
    WITH repeated AS MATERIALIZED (
        SELECT content_hash, count(*) AS files
        FROM @library@.midi_files
        WHERE state IN ('imported', 'duplicate') AND content_hash IS NOT NULL
        GROUP BY content_hash
        HAVING count(*) > 1
    ), copied AS MATERIALIZED (
        SELECT r.content_hash, r.files, COALESCE(max(f.size_bytes), 0)::float8 * (r.files - 1) AS bytes
        FROM repeated r
        JOIN @library@.midi_files f ON f.content_hash = r.content_hash
        WHERE f.state IN ('imported', 'duplicate')
        GROUP BY r.content_hash, r.files
    ), largest AS MATERIALIZED (
        SELECT * FROM copied ORDER BY bytes DESC, content_hash LIMIT 10
    ), names AS MATERIALIZED (
        SELECT DISTINCT ON (f.content_hash) f.content_hash, left(f.filename, 200) AS filename
        FROM largest
        JOIN @library@.midi_files f ON f.content_hash = largest.content_hash
        WHERE f.state IN ('imported', 'duplicate')
        ORDER BY f.content_hash, f.id
    )
    SELECT total.contents, total.files, total.bytes, names.filename, largest.files, largest.bytes
    FROM (SELECT count(*) AS contents, COALESCE(sum(files - 1), 0)::bigint AS files,
                 COALESCE(sum(bytes), 0) AS bytes
          FROM copied) AS total
    LEFT JOIN largest ON true
    LEFT JOIN names ON names.content_hash = largest.content_hash
    ORDER BY largest.bytes DESC, largest.content_hash";

pub(super) fn written(library: &Library<'_>) -> SpiResult<String> {
    let written = library.select(WRITTEN, &[], |row| row.get::<String>(1))?;
    Ok(written.into_iter().flatten().next().unwrap_or_default())
}

pub(super) fn files(library: &Library<'_>) -> SpiResult<Files> {
    let mut files = Files::default();
    library.select(STATES, &[], |row| {
        let state: String = row.get(1)?.unwrap_or_default();
        if ["imported", "duplicate"].contains(&state.as_str()) {
            files.bytes += row.get::<f64>(3)?.unwrap_or_default();
            files.with_key += row.get::<i64>(4)?.unwrap_or_default();
            files.with_tempo += row.get::<i64>(5)?.unwrap_or_default();
        }
        files.states.push(Count { name: state, files: row.get(2)?.unwrap_or_default() });
        Ok(())
    })?;
    files.arrivals = library.select(ARRIVALS, &[], |row| {
        files.period = row.get(3)?.unwrap_or_default();
        count(row)
    })?;
    Ok(files)
}

pub(super) fn copies(library: &Library<'_>) -> SpiResult<Copies> {
    let mut copies = Copies::default();
    library.select(COPIES, &[], |row| {
        copies.contents = row.get(1)?.unwrap_or_default();
        copies.files = row.get(2)?.unwrap_or_default();
        copies.bytes = row.get(3)?.unwrap_or_default();
        if let Some(filename) = row.get(4)? {
            let files = row.get(5)?.unwrap_or_default();
            let bytes = row.get(6)?.unwrap_or_default();
            copies.largest.push(Copied { filename, files, bytes });
        }
        Ok(())
    })?;
    Ok(copies)
}
