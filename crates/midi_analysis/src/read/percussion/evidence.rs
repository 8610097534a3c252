//! What may speak of drums besides the notes.

use std::cell::Cell;

use encoding_rs::Encoding;

use crate::model::text::{RawText, RawTexts, TextKind};
use crate::read::percussion::words::{self, Said};

/// The most names of one track that are read.
const MOST_NAMES: usize = 4;
/// Bytes of a name that are read.
const LONGEST_NAME: usize = 1_024;
/// What names that are not UTF-8 are tried in. One word is too short for an encoding to be recognised
/// by it, but a word for drums in one of these is nothing in the others.
static ENCODINGS: [&Encoding; 14] = [
    encoding_rs::WINDOWS_1252,
    encoding_rs::WINDOWS_1250,
    encoding_rs::WINDOWS_1251,
    encoding_rs::WINDOWS_1253,
    encoding_rs::WINDOWS_1254,
    encoding_rs::WINDOWS_1255,
    encoding_rs::WINDOWS_1256,
    encoding_rs::WINDOWS_874,
    encoding_rs::IBM866,
    encoding_rs::KOI8_R,
    encoding_rs::SHIFT_JIS,
    encoding_rs::GBK,
    encoding_rs::BIG5,
    encoding_rs::EUC_KR,
];

/// Names, and what is known of time.
pub(crate) struct Evidence<'e> {
    /// The path or name of the file; empty where it has none.
    pub(super) file: &'e str,
    /// A quarter note in ticks.
    pub(super) quarter: u32,
    /// All texts of the file, in the order of the tracks.
    texts: RawTexts<'e>,
    /// Names of instruments and programs, in the order of the tracks.
    instruments: RawTexts<'e>,
    /// What was last asked for, a track with many channels and ports being asked for each of them.
    last: Cell<Option<(u16, Said)>>,
}

impl<'e> Evidence<'e> {
    /// `texts` and `instruments` are in the order of their tracks; `quarter` is a quarter note in ticks.
    pub(crate) fn new(
        file: &'e str,
        quarter: u32,
        texts: RawTexts<'e>,
        instruments: RawTexts<'e>,
    ) -> Self {
        Self { file, quarter, texts, instruments, last: Cell::new(None) }
    }

    /// What the name of a track says, or else those of its instruments, which may be defaults.
    pub(super) fn said_of_track(&self, track: u16) -> Said {
        if let Some((of, said)) = self.last.get()
            && of == track
        {
            return said;
        }
        let said = match said(self.texts, track) {
            Said::Nothing => said(self.instruments, track),
            said => said,
        };
        self.last.set(Some((track, said)));
        said
    }
}

fn said(texts: RawTexts<'_>, track: u16) -> Said {
    let from = texts.list.partition_point(|text| text.track < track);
    let of_track = texts.list[from..].iter().take_while(|text| text.track == track);
    let is_name =
        |text: &&RawText| matches!(text.kind, TextKind::TrackName | TextKind::InstrumentName);
    let names = of_track.filter(is_name).take(MOST_NAMES);
    names.map(|name| said_by(texts.bytes(name))).max().unwrap_or_default()
}

fn said_by(name: &[u8]) -> Said {
    let name = &name[..name.len().min(LONGEST_NAME)];
    if let Ok(name) = std::str::from_utf8(name) {
        return words::said(name);
    }
    let decoded = ENCODINGS
        .iter()
        .filter_map(|encoding| encoding.decode_without_bom_handling_and_without_replacement(name));
    decoded.map(|name| words::said(&name)).max().unwrap_or_default()
}
