//! Rows of `midi_files` are written.

use midi_analysis::Name;
use pgrx::pg_sys::{
    BOOLARRAYOID, BYTEAARRAYOID, FLOAT4ARRAYOID, INT8ARRAYOID, Oid, TEXTARRAYOID,
    TIMESTAMPTZARRAYOID,
};
use pgrx::spi::{PreparedStatement, SpiClient, SpiResult};

use super::datums::{array, hashes, timestamp};
use super::moving::Moving;
use super::rows::FileRow;
use crate::distribution;
use crate::pg::caller::Schema;
use crate::pg::spi::{self, execute};
use crate::pg::sql::fill;

/// Adds or replaces the rows that the arrays describe.
const PUT: &str = "
    INSERT INTO @schema@.midi_files AS f
        (path, archive_member, path_digest, archive_digest, filename, size_bytes, modified_at,
         content_hash, state, error, imported_at, analyzed_at, name_bpm, name_key, tags)
    SELECT u.path, u.archive_member, u.path_digest, u.archive_digest, u.filename, u.size_bytes,
           u.modified_at, u.content_hash, u.state, u.error,
           CASE WHEN u.imported THEN pg_catalog.now() END,
           CASE WHEN u.imported THEN pg_catalog.now() END, u.name_bpm, u.name_key,
           pg_catalog.string_to_array(u.tags, ',')
    FROM unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
        AS u (path, path_digest, filename, size_bytes, modified_at, content_hash, state, error,
              imported, archive_member, archive_digest, name_bpm, name_key, tags)
    ON CONFLICT (@place@) DO UPDATE SET
        size_bytes = COALESCE(EXCLUDED.size_bytes, f.size_bytes),
        modified_at = EXCLUDED.modified_at,@content@
        state = CASE
            -- Another import has imported the same file while this one read it.
            WHEN EXCLUDED.state OPERATOR(pg_catalog.=) 'duplicate'
             AND f.state OPERATOR(pg_catalog.=) 'imported'
             AND f.content_hash OPERATOR(pg_catalog.=) EXCLUDED.content_hash THEN f.state
            ELSE EXCLUDED.state END,
        error = EXCLUDED.error,
        imported_at = COALESCE(f.imported_at, EXCLUDED.imported_at),
        analyzed_at = COALESCE(EXCLUDED.analyzed_at, f.analyzed_at),
        name_bpm = EXCLUDED.name_bpm,
        name_key = EXCLUDED.name_key,
        tags = EXCLUDED.tags";

const TYPES: [Oid; 14] = [
    TEXTARRAYOID,
    BYTEAARRAYOID,
    TEXTARRAYOID,
    INT8ARRAYOID,
    TIMESTAMPTZARRAYOID,
    BYTEAARRAYOID,
    TEXTARRAYOID,
    TEXTARRAYOID,
    BOOLARRAYOID,
    TEXTARRAYOID,
    BYTEAARRAYOID,
    FLOAT4ARRAYOID,
    TEXTARRAYOID,
    TEXTARRAYOID,
];

/// Where rows have a place of their own: by what one is known, and what becomes of the content that is recorded.
const IN_PLACE: [(&str, &str); 2] = [
    ("place", "path_digest"),
    ("content", "\n        content_hash = COALESCE(EXCLUDED.content_hash, f.content_hash),"),
];

/// The same where they lie by their content, which [`Moving`] has brought into agreement.
const BY_CONTENT: [(&str, &str); 2] = [("place", "path_digest, content_hash"), ("content", "")];

/// The prepared statements.
pub(super) struct FileRows<'conn> {
    put: PreparedStatement<'conn>,
    /// Where rows lie by their content.
    moving: Option<Moving<'conn>>,
}

impl<'conn> FileRows<'conn> {
    /// Prepares the statements for the tables in `schema`.
    ///
    /// # Errors
    /// Those of SPI, here and below.
    pub(super) fn prepare(client: &SpiClient<'conn>, schema: &Schema) -> SpiResult<Self> {
        let lie_by_content = distribution::places_files_by_content(client, schema)?;
        let place = if lie_by_content { BY_CONTENT } else { IN_PLACE };
        let put = fill(PUT, &[place[0], place[1], ("schema", schema.quoted())]);
        let moving = lie_by_content.then(|| Moving::prepare(client, schema)).transpose()?;
        Ok(Self { put: spi::prepare(client, &put, &TYPES)?, moving })
    }

    /// Adds rows, or replaces those of the same locations.
    pub(super) fn put(
        &self,
        client: &mut SpiClient<'conn>,
        files: &mut [FileRow],
    ) -> SpiResult<()> {
        files.sort_unstable_by(|a, b| a.location.cmp(&b.location));
        let digests: Vec<_> = files.iter().map(|file| file.location.digest()).collect();
        let mut contents: Vec<_> = files.iter().map(|file| file.hash).collect();
        if let Some(moving) = &self.moving {
            moving.make_way(client, &digests, &mut contents)?;
        }
        let names: Vec<_> = files.iter().map(|file| Name::of(&file.location.name())).collect();
        let reason = |file: &FileRow| file.problem.as_ref().map(|problem| problem.reason.clone());
        let columns = [
            array(files, |file| file.location.path.as_str()),
            hashes(&digests),
            array(files, |file| file.location.filename()),
            array(files, |file| file.size),
            array(files, |file| file.modified.and_then(timestamp)),
            array(&contents, |hash| hash.as_ref().map(|hash| &hash[..])),
            array(files, |file| file.state),
            array(files, reason),
            array(files, |file| file.imported),
            array(files, |file| file.location.member.as_deref()),
            array(files, |file| file.location.archive_digest().map(Vec::from)),
            array(&names, |name| name.bpm),
            array(&names, |name| name.key.map(|key| key.to_string())),
            array(&names, |name| name.tags.join(",")),
        ];
        execute(client, &self.put, columns, |_| Ok(())).map(drop)
    }
}
