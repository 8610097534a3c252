//! The table of parts, as an import reads and writes it.

use ahash::AHashSet;
use midi_analysis::Part;
use pgrx::pg_sys::{BOOLARRAYOID, BYTEAARRAYOID, INT2ARRAYOID, INT4ARRAYOID, Oid, TEXTARRAYOID};
use pgrx::spi::{PreparedStatement, SpiClient, SpiResult};

use super::datums::{array, hash, hashes};
use super::hash::Hash;
use super::statements;
use crate::music::Music;
use crate::pg::caller::Schema;
use crate::pg::spi::execute;
use crate::pg::text::clean;

/// Those of the contents $1 that have parts.
const RECORDED: &str = "
    SELECT p.content_hash FROM @schema@.midi_parts_library p
    WHERE p.content_hash OPERATOR(pg_catalog.=) ANY ($1)
      AND p.part_no OPERATOR(pg_catalog.=) 1";

/// Deletes the parts of the contents $1.
const FORGET: &str = "
    DELETE FROM @schema@.midi_parts_library p
    WHERE p.content_hash OPERATOR(pg_catalog.=) ANY ($1)";

/// Adds the parts that the arrays describe.
const PUT: &str = "
    INSERT INTO @schema@.midi_parts_library
        (content_hash, part_no, track, port, channel, program, name, role, note_count, first_bar, bars,
         loop_bars, pitch_min, pitch_max, polyphony, key, is_drum)
    SELECT * FROM unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)";

const PUT_TYPES: [Oid; 17] = [
    BYTEAARRAYOID,
    INT4ARRAYOID,
    INT4ARRAYOID,
    INT2ARRAYOID,
    INT2ARRAYOID,
    INT2ARRAYOID,
    TEXTARRAYOID,
    TEXTARRAYOID,
    INT4ARRAYOID,
    INT4ARRAYOID,
    INT4ARRAYOID,
    INT2ARRAYOID,
    INT2ARRAYOID,
    INT2ARRAYOID,
    INT4ARRAYOID,
    TEXTARRAYOID,
    BOOLARRAYOID,
];

/// Rows that one statement adds.
const PAGE: usize = 10_000;

/// The prepared statements.
pub(super) struct PartsStore<'conn> {
    recorded: PreparedStatement<'conn>,
    forget: PreparedStatement<'conn>,
    put: PreparedStatement<'conn>,
}

/// A row: a part of a content, with its number.
struct Row<'a> {
    content: &'a Hash,
    number: i32,
    part: &'a Part,
}

impl<'conn> PartsStore<'conn> {
    /// Prepares the statements for the table in `schema`.
    ///
    /// # Errors
    /// Those of SPI, here and below.
    pub(super) fn prepare(client: &SpiClient<'conn>, schema: &Schema) -> SpiResult<Self> {
        let prepare = |sql: &str, types: &[Oid]| statements::prepare(client, sql, schema, types);
        Ok(Self {
            recorded: prepare(RECORDED, &[BYTEAARRAYOID])?,
            forget: prepare(FORGET, &[BYTEAARRAYOID])?,
            put: prepare(PUT, &PUT_TYPES)?,
        })
    }

    /// Those of these contents that have parts.
    pub(super) fn recorded(
        &self,
        client: &mut SpiClient<'conn>,
        contents: &[Hash],
    ) -> SpiResult<AHashSet<Hash>> {
        let rows = execute(client, &self.recorded, [hashes(contents)], |row| hash(row, 1))?;
        Ok(rows.into_iter().flatten().collect())
    }

    /// Writes the parts of described contents, those that are `new` or renewed, in place of what there is.
    pub(super) fn replace(
        &self,
        client: &mut SpiClient<'conn>,
        music: &[(Hash, Music)],
        new: &AHashSet<Hash>,
    ) -> SpiResult<()> {
        let described =
            || music.iter().filter(|(hash, music)| !music.parts().is_empty() && new.contains(hash));
        let contents: Vec<_> = described().map(|(hash, _)| *hash).collect();
        if contents.is_empty() {
            return Ok(());
        }
        execute(client, &self.forget, [hashes(&contents)], |_| Ok(()))?;
        let rows: Vec<_> = described()
            .flat_map(|(content, music)| {
                (1..).zip(music.parts()).map(move |(number, part)| Row { content, number, part })
            })
            .collect();
        rows.chunks(PAGE).try_for_each(|rows| self.put(client, rows))
    }

    fn put(&self, client: &mut SpiClient<'conn>, rows: &[Row<'_>]) -> SpiResult<()> {
        let columns = [
            array(rows, |row| &row.content[..]),
            array(rows, |row| row.number),
            array(rows, |row| i32::from(row.part.track)),
            array(rows, |row| i16::from(row.part.port)),
            array(rows, |row| i16::from(row.part.channel)),
            array(rows, |row| row.part.program.map(i16::from)),
            array(rows, |row| row.part.name.as_deref().map(clean)),
            array(rows, |row| row.part.role.name()),
            array(rows, |row| row.part.note_count as i32),
            array(rows, |row| row.part.first_bar.map(|bar| bar as i32)),
            array(rows, |row| row.part.bars.map(|bars| bars as i32)),
            array(rows, |row| row.part.loop_bars.map(i16::from)),
            array(rows, |row| row.part.pitch_min.map(i16::from)),
            array(rows, |row| row.part.pitch_max.map(i16::from)),
            array(rows, |row| row.part.polyphony.map(|notes| notes as i32)),
            array(rows, |row| row.part.key.map(|key| key.to_string())),
            array(rows, |row| row.part.is_drum),
        ];
        execute(client, &self.put, columns, |_| Ok(()))?;
        Ok(())
    }
}
