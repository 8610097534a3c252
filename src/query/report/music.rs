//! How often each key, tempo, meter, length, complexity, instrument and tag is.

use pgrx::spi::SpiResult;

use super::library::Library;
use crate::render::report::facts::{Bands, COMPLEXITIES, Count, LENGTHS, Meter, Music, TEMPOS};

/// The files by each property, with the edges of its bands where it is a number: tempos $1, lengths $2, complexities $3.
/// There are at most $4 values of each property, the most frequent ones. Materialized, because the planner does not know how
/// few bands there are, and would sort the library by each.
const PROPERTIES: &str = "
    WITH music AS MATERIALIZED (
        SELECT m.key_signature AS key, m.time_signature_numerator AS numerator,
               m.time_signature_denominator AS denominator, width_bucket(m.bpm, $1) AS tempo,
               width_bucket(m.duration_s, $2) AS length, width_bucket(m.complexity::float8, $3) AS complexity,
               m.depth, m.has_drums,
               CASE WHEN m.duration_s BETWEEN 0 AND 1e7 THEN m.duration_s ELSE 0 END AS seconds
        FROM @files@
    ), counted AS (
        SELECT CASE WHEN GROUPING(key) = 0 THEN 'key' WHEN GROUPING(numerator) = 0 THEN 'meter'
                    WHEN GROUPING(tempo) = 0 THEN 'tempo' WHEN GROUPING(length) = 0 THEN 'length'
                    WHEN GROUPING(complexity) = 0 THEN 'complexity' WHEN GROUPING(depth) = 0 THEN 'depth'
                    ELSE 'drums' END AS property,
               left(COALESCE(key, depth), 40) AS name,
               COALESCE(numerator, tempo, length, complexity, has_drums::int)::int AS number,
               denominator::int AS denominator, count(*) AS files, sum(seconds) AS seconds
        FROM music
        GROUP BY GROUPING SETS
            ((key), (numerator, denominator), (tempo), (length), (complexity), (depth), (has_drums))
    )
    SELECT property, name, number, denominator, files, seconds
    FROM (SELECT *, row_number() OVER (PARTITION BY property ORDER BY files DESC, number, denominator, name) AS place
          FROM counted) AS ranked
    WHERE place <= $4
    ORDER BY property, place";

/// Values of a property that are read: more than any library has keys and meters.
const MOST_VALUES: i64 = 300;

/// The instruments, and the tags by name or by music, that most files have. Many files have the same ones.
const LABELS: &str = "
    WITH alike AS MATERIALIZED (
        SELECT m.instruments, f.tags AS of_name, m.tags AS of_music, count(*) AS files
        FROM @files@
        GROUP BY m.instruments, f.tags, m.tags
    )
    (SELECT 'instrument', program::text, sum(files)::bigint
     FROM alike CROSS JOIN LATERAL unnest(instruments) AS program
     WHERE program BETWEEN 0 AND 127
     GROUP BY program
     ORDER BY 3 DESC, program
     LIMIT 20)
    UNION ALL
    (SELECT 'tag', left(tag, 60), sum(files)::bigint
     FROM (SELECT tag, files FROM alike, unnest(of_name) AS tag
           UNION ALL
           SELECT tag, files FROM alike, unnest(of_music) AS tag WHERE tag <> ALL (of_name)) AS tags
     WHERE tag IS NOT NULL
     GROUP BY tag
     ORDER BY 3 DESC, tag
     LIMIT 20)";

pub(super) fn music(library: &Library<'_>) -> SpiResult<Music> {
    let mut music = Music {
        seconds: 0.0,
        cataloged: 0,
        with_drums: 0,
        keys: Vec::new(),
        meters: Vec::new(),
        tempos: Bands::new(&TEMPOS),
        lengths: Bands::new(&LENGTHS),
        complexities: Bands::new(&COMPLEXITIES),
        instruments: Vec::new(),
        tags: Vec::new(),
    };
    labels(library, &mut music)?;
    let [tempos, lengths, complexities] =
        [&music.tempos, &music.lengths, &music.complexities].map(|bands| bands.edges.to_vec());
    let arguments = [tempos.into(), lengths.into(), complexities.into(), MOST_VALUES.into()];
    library.select(PROPERTIES, &arguments, |row| {
        let name: Option<String> = row.get(2)?;
        let number: Option<i32> = row.get(3)?;
        let files: i64 = row.get(5)?.unwrap_or_default();
        match (row.get::<String>(1)?.unwrap_or_default().as_str(), name, number) {
            ("key", Some(name), _) => music.keys.push(Count { name, files }),
            ("meter", _, Some(numerator)) => {
                let denominator = row.get(4)?.unwrap_or_default();
                music.meters.push(Meter { numerator, denominator, files });
            }
            ("tempo", _, Some(band)) => put(&mut music.tempos, band, files),
            ("length", _, Some(band)) => put(&mut music.lengths, band, files),
            ("complexity", _, Some(band)) => put(&mut music.complexities, band, files),
            ("drums", _, Some(1)) => music.with_drums = files,
            ("depth", depth, _) => {
                music.seconds += row.get::<f64>(6)?.unwrap_or_default();
                if depth.is_some_and(|depth| depth == "catalog") {
                    music.cataloged = files;
                }
            }
            _ => {}
        }
        Ok(())
    })?;
    Ok(music)
}

fn put(bands: &mut Bands, band: i32, files: i64) {
    if let Some(counted) = usize::try_from(band).ok().and_then(|band| bands.files.get_mut(band)) {
        *counted = files;
    }
}

fn labels(library: &Library<'_>, music: &mut Music) -> SpiResult<()> {
    library.select(LABELS, &[], |row| {
        let (name, files) = (row.get::<String>(2)?, row.get(3)?.unwrap_or_default());
        let name = name.unwrap_or_default();
        if row.text(1)? == Some("tag") {
            music.tags.push(Count { name, files });
        } else if let Some(name) = name.parse().ok().and_then(midi_analysis::program_name) {
            music.instruments.push(Count { name: name.to_owned(), files });
        }
        Ok(())
    })?;
    Ok(())
}
