//! Lists of pieces: the slowest, the fastest and the strangest, and the files added last.

use pgrx::datum::DatumWithOid;
use pgrx::spi::SpiResult;

use super::library::Library;
use crate::pg::spi::Row;
use crate::pg::sql::fill;
use crate::render::report::facts::{Bands, Music, Piece};

/// What is shown of a file.
const SHOWN: &str = "
    f.id, left(f.filename, 200), left(m.key_signature, 40), m.bpm,
    m.time_signature_numerator || '/' || m.time_signature_denominator, m.duration_s,
    array_to_string(ARRAY(
        SELECT DISTINCT left(tag, 40) FROM unnest(f.tags || m.tags) AS tag ORDER BY 1 LIMIT 8), ', ')";

/// The files added last.
const LATEST: &str = "
    SELECT @shown@, NULL::float8
    FROM @files@
    ORDER BY f.id DESC
    LIMIT 2000";

/// The contents of a statement in their order, each with its first file: copies would fill the list.
const FIRST: &str = "
    WITH first AS MATERIALIZED (@contents@), found AS MATERIALIZED (
        SELECT DISTINCT ON (f.content_hash) f.content_hash, f.id, f.filename, f.tags
        FROM first
        JOIN @library@.midi_files f ON f.content_hash = first.content_hash
        WHERE f.state IN ('imported', 'duplicate')
        ORDER BY f.content_hash, f.id
    )
    SELECT @shown@, first.rarity
    FROM first
    JOIN @library@.musical_metadata m ON m.content_hash = first.content_hash
    JOIN found f ON f.content_hash = first.content_hash
    ORDER BY first.place, first.content_hash";

/// The contents with the lowest tempos, or by `@sign@` the highest, of those that are not known to be doubtful.
const BY_TEMPO: &str = "
    SELECT m.content_hash, @sign@ m.bpm AS place, NULL::float8 AS rarity
    FROM @library@.musical_metadata m
    WHERE m.bpm > 0 AND m.bpm < 'infinity' AND (m.bpm_confidence < 0.5) IS NOT TRUE
      AND EXISTS (SELECT 1 FROM @library@.midi_files f
                  WHERE f.content_hash = m.content_hash AND f.state IN ('imported', 'duplicate'))
    ORDER BY m.bpm @direction@, m.content_hash
    LIMIT 10";

/// The rarest contents, by the bits of each property: keys $1 and $2, meters $3 to $5, edges and bands of tempos $6 and $7,
/// of lengths $8 and $9, of complexities $10 and $11. Contents of which one is not known are left out. Whether there is a
/// file is looked up for the `@most@` rarest.
const BY_RARITY: &str = "
    WITH rare AS MATERIALIZED (
        SELECT m.content_hash, rarity
        FROM @library@.musical_metadata m
        JOIN unnest($1, $2) AS key (name, bits) ON key.name = m.key_signature
        JOIN unnest($3, $4, $5) AS meter (numerator, denominator, bits)
          ON meter.numerator = m.time_signature_numerator AND meter.denominator = m.time_signature_denominator
        CROSS JOIN LATERAL (
            SELECT key.bits + meter.bits + ($7)[1 + width_bucket(m.bpm, $6)]
                + ($9)[1 + width_bucket(m.duration_s, $8)]
                + ($11)[1 + width_bucket(m.complexity::float8, $10)] AS rarity) AS total
        WHERE rarity IS NOT NULL
        ORDER BY rarity DESC, m.content_hash
        LIMIT @most@
    )
    SELECT rare.content_hash, - rare.rarity AS place, rare.rarity
    FROM rare
    JOIN @library@.midi_files f ON f.content_hash = rare.content_hash
    WHERE f.state IN ('imported', 'duplicate')
    GROUP BY rare.content_hash, rare.rarity
    ORDER BY rare.rarity DESC, rare.content_hash
    LIMIT 10";

/// The pieces of a list.
const LISTED: usize = 10;

/// The files added last, the latest first.
pub(super) fn latest(library: &Library<'_>) -> SpiResult<Vec<Piece>> {
    let sql = fill(LATEST, &[("shown", SHOWN), ("files", "@files@")]);
    library.select(&sql, &[], piece)
}

/// The pieces with the lowest tempos.
pub(super) fn slowest(library: &Library<'_>) -> SpiResult<Vec<Piece>> {
    first(library, &fill(BY_TEMPO, &[("sign", ""), ("direction", "ASC"), KEPT]), &[])
}

/// The pieces with the highest tempos.
pub(super) fn fastest(library: &Library<'_>) -> SpiResult<Vec<Piece>> {
    first(library, &fill(BY_TEMPO, &[("sign", "-"), ("direction", "DESC"), KEPT]), &[])
}

/// The pieces whose key, meter, tempo, length and complexity are rarest: the sum of the information of each (Shannon 1948),
/// which is the binary logarithm of how many files of the library there are for one that has it, of `total`.
pub(super) fn strangest(library: &Library<'_>, music: &Music, total: i64) -> SpiResult<Vec<Piece>> {
    let bits = |files: i64| if files > 0 { (total as f64 / files as f64).log2() } else { 0.0 };
    let keys = music.keys.iter().map(|key| (key.name.clone(), bits(key.files)));
    let (names, of_keys): (Vec<String>, Vec<f64>) = keys.unzip();
    let numerators: Vec<i32> = music.meters.iter().map(|meter| meter.numerator).collect();
    let denominators: Vec<i32> = music.meters.iter().map(|meter| meter.denominator).collect();
    let of_meters: Vec<f64> = music.meters.iter().map(|meter| bits(meter.files)).collect();
    let edges = |bands: &Bands| bands.edges.to_vec();
    let of_bands =
        |bands: &Bands| bands.files.iter().map(|&files| bits(files)).collect::<Vec<f64>>();
    let arguments = [
        names.into(),
        of_keys.into(),
        numerators.into(),
        denominators.into(),
        of_meters.into(),
        edges(&music.tempos).into(),
        of_bands(&music.tempos).into(),
        edges(&music.lengths).into(),
        of_bands(&music.lengths).into(),
        edges(&music.complexities).into(),
        of_bands(&music.complexities).into(),
    ];
    let of_the_rarest =
        |most| first(library, &fill(BY_RARITY, &[("most", most), KEPT]), &arguments);
    // Nearly all contents have a file, but they need not.
    let found = of_the_rarest("1000")?;
    if found.len() < LISTED { of_the_rarest("ALL") } else { Ok(found) }
}

/// The first files of the contents of a statement.
fn first(
    library: &Library<'_>,
    contents: &str,
    arguments: &[DatumWithOid<'_>],
) -> SpiResult<Vec<Piece>> {
    let sql = fill(FIRST, &[("shown", SHOWN), ("contents", contents), KEPT]);
    library.select(&sql, arguments, piece)
}

/// Leaves a placeholder for [`Library::select`].
const KEPT: (&str, &str) = ("library", "@library@");

fn piece(row: &Row<'_>) -> SpiResult<Piece> {
    Ok(Piece {
        file_id: row.get(1)?.unwrap_or_default(),
        filename: row.get(2)?.unwrap_or_default(),
        key: row.get(3)?,
        bpm: row.get(4)?,
        meter: row.get(5)?,
        length: row.get(6)?,
        tags: row.get(7)?.unwrap_or_default(),
        rarity: row.get(8)?,
    })
}
