//! What music is here: notes, tempo, meter, keys and chords, as plain values that read nothing and
//! estimate nothing.

pub(crate) mod camelot;
pub(crate) mod chord;
pub(crate) mod controllers;
pub(crate) mod division;
pub(crate) mod gm;
pub(crate) mod key;
pub(crate) mod lines;
pub(crate) mod meter_map;
pub(crate) mod note;
pub(crate) mod pitch_class;
pub(crate) mod quality;
pub(crate) mod score;
pub(crate) mod source;
pub(crate) mod spelling;
pub(crate) mod tempo_map;
pub(crate) mod text;
pub(crate) mod time_signature;
pub(crate) mod timeline;
pub(crate) mod words;
