//! All pairs of files with the same music.
//!
//! The view `midi_duplicates` asks an index for each piece, which is right for a few of them. Here the
//! fingerprints are read one after the other and compared in memory. They are read in blocks, as many as
//! `maintenance_work_mem` holds: each piece of a block is compared with those before it in the block, and
//! each later piece of the library with all of the block.

use midi_analysis::{FINGERPRINT_LENGTH, FingerprintIndex};
use pgrx::datum::DatumWithOid;
use pgrx::pg_sys::panic::ErrorReport;
use pgrx::prelude::*;
use pgrx::spi::{SpiClient, SpiResult};

use super::path::path_of;
use crate::pg::caller::Schema;
use crate::pg::sql::fill;
use crate::pg::table::Table;
use crate::pg::{guc, interrupts, role, spi};
use crate::{error, rights};

/// A file and its path, another file and its path, the kind, and the similarity.
pub(crate) type Pair = (i64, Option<String>, i64, Option<String>, String, f32);

/// Each further file of a content with the first.
const EXACT: &str = "
    SELECT f.id, @path@, o.id, @other@, 'exact'::text, 1::real
    FROM (SELECT content_hash, min(id) AS first FROM @schema@.midi_files
          WHERE state IN ('imported', 'duplicate')
          GROUP BY content_hash HAVING count(*) > 1) AS c
    JOIN @schema@.midi_files f ON f.content_hash = c.content_hash AND f.id = c.first
    JOIN @schema@.midi_files o ON o.content_hash = c.content_hash AND o.id <> c.first
    WHERE o.state IN ('imported', 'duplicate')";

/// The first files of the contents $1 and $2, and the similarity $3.
const NEAR: &str = "
    WITH files AS MATERIALIZED (
        SELECT DISTINCT ON (f.content_hash) f.content_hash, f.id, @path@ AS path
        FROM @schema@.midi_files f
        JOIN @schema@.musical_metadata m ON m.content_hash = f.content_hash
        WHERE f.content_hash = ANY ($1 || $2) AND f.state IN ('imported', 'duplicate')
        ORDER BY f.content_hash, f.id)
    SELECT pair.*, 'near'::text, p.similarity
    FROM unnest($1, $2, $3) AS p (content_hash, other_hash, similarity)
    JOIN files f ON f.content_hash = p.content_hash
    JOIN files o ON o.content_hash = p.other_hash,
    LATERAL (VALUES (f.id, f.path, o.id, o.path), (o.id, o.path, f.id, f.path))
        AS pair (file_id, path, other_file_id, other_path)
    WHERE pair.file_id < pair.other_file_id";

/// The pieces after the content $1.
const LATER: &str = "
    SELECT content_hash, fingerprint FROM @schema@.musical_search
    WHERE content_hash > $1 AND cardinality(fingerprint) = 64";

/// Bytes for fingerprints.
const MEMORY: &str = "SELECT pg_size_bytes(current_setting('maintenance_work_mem'))";

const HASH_LENGTH: usize = 32;
/// Bytes that a piece of a block takes: its hash and fingerprint, in vectors that may be twice as long as
/// what they hold, and the bands of the fingerprint with where to find them.
const PIECE: i64 = (7 * size_of::<Fingerprint>() / 2 + 2 * HASH_LENGTH) as i64;
/// Rows to fetch, and pairs to look up, at once.
const BATCH: usize = 1_000;

type Hash = [u8; HASH_LENGTH];
type Fingerprint = [i32; FINGERPRINT_LENGTH];

/// Adds the pairs whose similarity is `least` or more.
///
/// # Errors
/// If `least` is no similarity; those of the statements, such as a missing privilege.
pub(crate) fn pairs(
    least: f32,
    schema: &Schema,
    rows: &mut Table<'_, Pair>,
) -> Result<(), ErrorReport> {
    error::check_min_similarity(least)?;
    rights::require_reading_of(schema, &rights::FINGERPRINT)?;
    let search = || {
        guc::with_settings(|settings| {
            // All rows of a cursor are read.
            settings.set(c"cursor_tuple_fraction", c"1");
            Spi::connect(|client| {
                let [path, other] =
                    ["f.path", "o.path"].map(|path| path_of(schema, c"midi_files", path));
                let parts = [("path", path), ("other", other), ("schema", schema.quoted())];
                let [exact, near, later] = [EXACT, NEAR, LATER].map(|sql| fill(sql, &parts));
                rows.fill(client, &exact, &[], u64::MAX)?;
                let found = Found { sql: near, rows, pairs: Pairs::default() };
                Search { client, later, least, found }.run()
            })
        })
    };
    role::with_pinned_path(search).map_err(error::statement)
}

struct Search<'a, 'call> {
    client: &'a SpiClient<'a>,
    /// The statement for the pieces that follow a content.
    later: String,
    least: f32,
    found: Found<'a, 'call>,
}

impl Search<'_, '_> {
    fn run(mut self) -> SpiResult<()> {
        let memory = spi::select(self.client, MEMORY, Some(1), &[], |row| row.get::<i64>(1))?;
        let most = memory.into_iter().flatten().next().unwrap_or(0) / PIECE;
        let mut after = Vec::new();
        loop {
            let block = self.block(&after, most)?;
            let Some(index) = FingerprintIndex::new(block.fingerprints, &interrupts::poll) else {
                return Ok(());
            };
            for (number, fingerprint) in index.fingerprints().iter().enumerate() {
                interrupts::check();
                for (other, similarity) in index.similar(fingerprint, number, self.least) {
                    self.found.put(block.hashes[number], block.hashes[other], similarity)?;
                }
            }
            if block.rows < most {
                return self.found.look_up();
            }
            after = block.end;
            self.compare_later(&index, &block.hashes, &after)?;
        }
    }

    /// The next pieces in the order of their contents, `most` at most.
    fn block(&self, after: &[u8], most: i64) -> SpiResult<Block> {
        let sql = format!("{} ORDER BY content_hash LIMIT $2", self.later);
        let mut block = Block::default();
        read(self.client, &sql, &[after.into(), most.into()], |piece| {
            block.rows += 1;
            if let Some((hash, fingerprint)) = piece.parts() {
                block.hashes.push(hash);
                block.fingerprints.push(fingerprint);
            }
            block.end = piece.content;
            Ok(())
        })?;
        Ok(block)
    }

    /// Compares the pieces that follow a block, which ends with `after`, with those of the block.
    fn compare_later(
        &mut self,
        index: &FingerprintIndex,
        hashes: &[Hash],
        after: &[u8],
    ) -> SpiResult<()> {
        read(self.client, &self.later, &[after.into()], |piece| {
            interrupts::check();
            let Some((hash, fingerprint)) = piece.parts() else { return Ok(()) };
            let similar = index.similar(&fingerprint, hashes.len(), self.least);
            similar
                .into_iter()
                .try_for_each(|(other, similarity)| self.found.put(hash, hashes[other], similarity))
        })
    }
}

/// Pieces that are compared in memory.
#[derive(Default)]
struct Block {
    hashes: Vec<Hash>,
    fingerprints: Vec<Fingerprint>,
    /// The number of rows read, also of those that are no pieces, and the content of the last.
    rows: i64,
    end: Vec<u8>,
}

/// A row of the library.
struct Piece {
    content: Vec<u8>,
    fingerprint: Vec<Option<i32>>,
}

impl Piece {
    /// `None` if the values are not those of a piece: anyone who may write the table may have written others.
    fn parts(&self) -> Option<(Hash, Fingerprint)> {
        let fingerprint: Option<Vec<i32>> = self.fingerprint.iter().copied().collect();
        Some((self.content.as_slice().try_into().ok()?, fingerprint?.try_into().ok()?))
    }
}

/// Calls `take` with each row of the statement.
fn read(
    client: &SpiClient<'_>,
    sql: &str,
    arguments: &[DatumWithOid<'_>],
    mut take: impl FnMut(Piece) -> SpiResult<()>,
) -> SpiResult<()> {
    let mut cursor = client.try_open_cursor(sql, arguments)?;
    loop {
        let pieces = spi::fetch(&mut cursor, BATCH as i64, |row| {
            let content = row.bytes(1)?.unwrap_or_default().to_vec();
            Ok(Piece { content, fingerprint: row.get(2)?.unwrap_or_default() })
        })?;
        let fetched = pieces.len();
        pieces.into_iter().try_for_each(&mut take)?;
        if fetched < BATCH {
            return Ok(());
        }
    }
}

/// Pairs that are similar, on their way to the rows of the result.
struct Found<'a, 'call> {
    sql: String,
    rows: &'a mut Table<'call, Pair>,
    pairs: Pairs,
}

#[derive(Default)]
struct Pairs {
    hashes: Vec<Hash>,
    others: Vec<Hash>,
    similarities: Vec<f32>,
}

impl Found<'_, '_> {
    fn put(&mut self, hash: Hash, other: Hash, similarity: f32) -> SpiResult<()> {
        self.pairs.hashes.push(hash);
        self.pairs.others.push(other);
        self.pairs.similarities.push(similarity);
        if self.pairs.hashes.len() < BATCH { Ok(()) } else { self.look_up() }
    }

    /// Adds the files of the pairs to the result.
    fn look_up(&mut self) -> SpiResult<()> {
        let pairs = std::mem::take(&mut self.pairs);
        if pairs.hashes.is_empty() {
            return Ok(());
        }
        let [hashes, others] = [&pairs.hashes, &pairs.others]
            .map(|hashes| hashes.iter().map(|hash| &hash[..]).collect::<Vec<_>>());
        // The memory of the arguments is freed with the connection.
        Spi::connect(|client| {
            let arguments = [hashes.into(), others.into(), pairs.similarities.into()];
            self.rows.fill(client, &self.sql, &arguments, u64::MAX).map(drop)
        })
    }
}
