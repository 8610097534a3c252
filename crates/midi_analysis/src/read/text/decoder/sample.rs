//! The judgement of the encoding of a file's texts.
//!
//! All texts of a file are judged together, by a sample. The encoding of the file is the one in which all
//! of them cost least, where a text that reads far better in another encoding counts as one that is in
//! that encoding. So one remark of another program, or names in two encodings, do not matter. Names of the
//! same words count once: what is no evidence alone is none five times, either. Texts that
//! are sung are judged as one text, since a syllable tells nothing, and a character may be split over two
//! of them.

use std::collections::HashSet;

use super::charsets::{CHARSETS, COUNT, UTF8, WESTERN, evident};
use super::cost::Reader;
use super::hints::Hints;
use crate::model::text::TextUse;

/// Bytes of a sample that are names, and bytes that are sung, by which encodings are judged: enough for a
/// judgement, which takes some microseconds a byte.
const MOST_BYTES: usize = 2_048;
/// Bytes of one text by which it is judged.
pub(super) const MOST_OF_A_TEXT: usize = 256;
/// Bytes of sung text that are judged as one.
const SUNG_PART: usize = 48;
/// By how many bits a text has to read better in another encoding than in that of its file.
pub(super) const OUTLIER_BITS: u32 = 12;
/// Most bits that a part of what is sung counts, which has as many bytes as several names.
const SUNG_OUTLIER_BITS: u32 = 40;
/// Bytes of either by which encodings are judged at first, and by how many bits those may read worse than the
/// best that are judged by the rest.
const FIRST_BYTES: usize = 384;
const UNLIKELY_BITS: u32 = 60;
/// Encodings other than the file's that are kept of the sample.
pub(super) const OTHERS: usize = 3;

/// Texts that are not ASCII.
#[derive(Default)]
pub(super) struct Sample {
    names: Part,
    lyrics: Part,
    sung_texts: Part,
    /// Texts whose bytes say what they are in, by encoding.
    evident: Vec<(usize, usize)>,
    hints: Hints,
    /// Whether there are texts with control characters: the bytes of something else, which tell nothing.
    is_garbled: bool,
}

/// Texts one after the other, and where those that are judged by themselves end.
#[derive(Default)]
struct Part {
    bytes: Vec<u8>,
    ends: Vec<usize>,
    /// The words of names that are not ASCII.
    words: HashSet<Vec<u8>>,
    /// Where the texts of what is sung begin.
    starts: Vec<usize>,
    track: Option<u32>,
    /// Where sung ASCII begins that is no evidence: after the text that may end a character.
    plain_from: Option<usize>,
}

/// What was found of a file, as places in [`CHARSETS`].
pub(super) struct Verdict {
    /// The encoding of most texts.
    pub(super) file: usize,
    /// That of what is sung.
    pub(super) sung: usize,
    /// Those of texts that stand out.
    pub(super) others: [Option<usize>; OTHERS],
}

impl Sample {
    pub(super) fn add(&mut self, used: TextUse, text: &[u8]) {
        self.hints.add(text);
        if let Some(place) = evident(text) {
            match self.evident.iter_mut().find(|(known, _)| *known == place) {
                Some((_, count)) => *count += 1,
                None => self.evident.push((place, 1)),
            }
            return;
        }
        if is_garbled(text) {
            self.is_garbled = true;
            return;
        }
        match used {
            TextUse::Name if !text.is_ascii() => self.names.add_name(text),
            TextUse::Name => {}
            TextUse::Lyric { track } => self.lyrics.add_sung(track, text),
            TextUse::SungText { track } => self.sung_texts.add_sung(track, text),
        }
    }

    /// The first texts of it.
    fn begin(&self) -> Self {
        Self {
            names: self.names.begin(),
            lyrics: self.lyrics.begin(),
            sung_texts: self.sung_texts.begin(),
            ..Self::default()
        }
    }

    /// Bytes of it.
    fn length(&self) -> usize {
        [&self.names, &self.lyrics, &self.sung_texts].iter().map(|part| part.bytes.len()).sum()
    }

    /// `None` where all texts are ASCII.
    pub(super) fn verdict(&self) -> Option<Verdict> {
        let most_evident = self.evident.iter().max_by_key(|(_, count)| *count);
        let is_empty =
            [&self.names, &self.lyrics, &self.sung_texts].iter().all(|part| part.bytes.is_empty());
        if is_empty {
            // What shows no encoding is ASCII.
            let garbled = self.is_garbled.then_some(WESTERN);
            let file = most_evident.map(|&(file, _)| file).or(garbled)?;
            return Some(Verdict { file, sung: UTF8, others: [None; OTHERS] });
        }
        let bits = Bits::of(self, &self.hints);
        let names = self.names.ends.len();
        let all = 0..bits.best.len();
        let file = bits.least(all.clone(), &self.hints);
        let sung =
            if names < all.end { bits.least_sung(names..all.end, &self.hints, file) } else { file };
        Some(Verdict { file, sung, others: bits.others(all, file) })
    }
}

impl Part {
    /// The first texts of it.
    fn begin(&self) -> Self {
        let ends: Vec<usize> =
            self.ends.iter().copied().take_while(|&end| end <= FIRST_BYTES).collect();
        let length = match ends.last() {
            Some(&end) => end,
            None => self.ends.first().copied().unwrap_or(self.bytes.len()),
        };
        let starts = self.starts.iter().copied().take_while(|&start| start < length).collect();
        Self { bytes: self.bytes[..length].to_vec(), ends, starts, ..Self::default() }
    }

    /// Adds a name that has a new word: `Flöte 2` tells no more than `Flöte 1` did.
    fn add_name(&mut self, text: &[u8]) {
        let kept = &text[..text.len().min(MOST_OF_A_TEXT)];
        if self.bytes.len() + kept.len() > MOST_BYTES {
            return;
        }
        if words(kept).any(|word| !self.words.contains(word)) {
            self.words.extend(words(kept).map(<[u8]>::to_vec));
            self.bytes.extend_from_slice(kept);
            self.ends.push(self.bytes.len());
        }
    }

    /// Adds from the first text that is not ASCII on. Of ASCII between such texts, what is beside them is
    /// kept: they may share a word.
    fn add_sung(&mut self, track: u32, text: &[u8]) {
        let is_ascii = text.is_ascii();
        if (self.bytes.is_empty() && is_ascii) || self.bytes.len() > MOST_BYTES {
            return;
        }
        if self.track.replace(track).is_some_and(|before| before != track) {
            self.bytes.push(b'\n');
        }
        if let Some(from) = self.plain_from.filter(|from| self.bytes.len() > from + SUNG_PART) {
            self.leave_out(from);
        }
        if !text.is_empty() {
            self.starts.push(self.bytes.len());
        }
        self.bytes.extend_from_slice(&text[..text.len().min(MOST_BYTES)]);
        let since = self.bytes.len() - self.ends.last().map_or(0, |&end| end);
        if since >= SUNG_PART {
            self.ends.push(self.bytes.len());
        }
        self.plain_from = is_ascii.then(|| self.plain_from.unwrap_or(self.bytes.len()));
    }

    /// Leaves out what was added from there on.
    fn leave_out(&mut self, from: usize) {
        self.bytes.truncate(from);
        self.bytes.push(b'\n');
        self.starts.retain(|&start| start < from);
        self.ends.retain(|&end| end <= from);
    }

    /// Where the parts of what is sung end, the last one too.
    fn sung_ends(&self) -> Vec<usize> {
        let mut ends = self.ends.clone();
        if self.bytes.len() > ends.last().map_or(0, |&end| end) {
            ends.push(self.bytes.len());
        }
        ends
    }
}

/// The bits of each text of a sample in each encoding.
struct Bits {
    /// By place of the encoding; `None` of those that were not judged.
    of: Vec<Option<Vec<u32>>>,
    /// The least of each text.
    best: Vec<u32>,
}

impl Bits {
    fn of(sample: &Sample, hints: &Hints) -> Self {
        let mut reader = Reader::default();
        let judged = (0..COUNT).filter(|&place| CHARSETS[place].is_judged());
        let begin = sample.begin();
        let first = Self::in_some(&mut reader, &begin, judged);
        let all = 0..first.best.len();
        let least = first.total(&first.least(all.clone(), hints), &all, hints);
        let is_likely = |place: &usize| {
            matches!(*place, UTF8 | WESTERN)
                || first.total(place, &all, hints) <= least + UNLIKELY_BITS
        };
        let likely: Vec<usize> = first.places().filter(is_likely).collect();
        if begin.length() == sample.length() {
            return first.only(&likely);
        }
        Self::in_some(&mut reader, sample, likely.into_iter())
    }

    /// The same without other encodings than these.
    fn only(self, places: &[usize]) -> Self {
        let texts = self.best.len();
        let kept = |(place, bits)| places.contains(&place).then_some(bits).flatten();
        Self::best_of(self.of.into_iter().enumerate().map(kept).collect(), texts)
    }

    /// `texts` is how many texts there are.
    fn best_of(of: Vec<Option<Vec<u32>>>, texts: usize) -> Self {
        let least = |text: usize| of.iter().flatten().map(|bits| bits[text]).min().unwrap_or(0);
        let best = (0..texts).map(least).collect();
        Self { of, best }
    }

    fn in_some(reader: &mut Reader, sample: &Sample, places: impl Iterator<Item = usize>) -> Self {
        let mut of = vec![None; COUNT];
        let sung = [&sample.lyrics, &sample.sung_texts].map(|part| (part, part.sung_ends()));
        for place in places {
            let charset = &CHARSETS[place];
            let mut bits = Vec::new();
            let mut from = 0;
            for &end in &sample.names.ends {
                let name = &sample.names.bytes[from..end];
                bits.extend(reader.bits(charset, name, &[name.len()], &[]));
                from = end;
            }
            for (part, ends) in &sung {
                bits.extend(reader.bits(charset, &part.bytes, ends, &part.starts));
            }
            of[place] = Some(bits);
        }
        let texts =
            sample.names.ends.len() + sung.iter().map(|(_, ends)| ends.len()).sum::<usize>();
        Self::best_of(of, texts)
    }

    /// The encodings that were judged.
    fn places(&self) -> impl Iterator<Item = usize> {
        (0..COUNT).filter(|&place| self.of[place].is_some())
    }

    /// The bits of one of the texts in an encoding that was judged.
    fn bits(&self, place: usize, text: usize) -> u32 {
        self.of[place].as_ref().map_or(u32::MAX, |bits| bits[text])
    }

    /// The bits of texts in an encoding. A text that reads far better in another counts as one in that.
    fn total(&self, place: &usize, texts: &std::ops::Range<usize>, hints: &Hints) -> u32 {
        self.capped(*place, texts, OUTLIER_BITS)
            + CHARSETS[*place].prior
            + hints.bits_against(*place)
    }

    /// The bits of texts in an encoding, of each up to so many more than in the one it reads best in.
    fn capped(&self, place: usize, texts: &std::ops::Range<usize>, most: u32) -> u32 {
        let capped = |text| self.bits(place, text).min(self.best[text].saturating_add(most));
        texts.clone().map(capped).sum()
    }

    /// The encoding in which the texts cost least.
    fn least(&self, texts: std::ops::Range<usize>, hints: &Hints) -> usize {
        self.places().min_by_key(|place| self.total(place, &texts, hints)).unwrap_or(UTF8)
    }

    /// The encoding in which what is sung costs least, that of the file being likelier.
    fn least_sung(&self, parts: std::ops::Range<usize>, hints: &Hints, file: usize) -> usize {
        let total = |place: &usize| {
            let unlike = if file == *place { 0 } else { OUTLIER_BITS };
            let bits = self.capped(*place, &parts, SUNG_OUTLIER_BITS);
            bits + CHARSETS[*place].prior + hints.bits_against(*place) + unlike
        };
        self.places().min_by_key(total).unwrap_or(UTF8)
    }

    /// The encodings of texts that read far better in them than in that of the file.
    fn others(&self, texts: std::ops::Range<usize>, file: usize) -> [Option<usize>; OTHERS] {
        let mut others = [None; OTHERS];
        for text in texts {
            if self.bits(file, text) <= self.best[text] + OUTLIER_BITS {
                continue;
            }
            let likeliest = |&place: &usize| self.bits(place, text) + CHARSETS[place].prior;
            let best = self.places().min_by_key(likeliest);
            let is_known = best == Some(file) || others.contains(&best);
            if let Some(free) = others.iter_mut().find(|other| other.is_none() && !is_known) {
                *free = best;
            }
        }
        others
    }
}

/// The words of a text that are not ASCII.
fn words(text: &[u8]) -> impl Iterator<Item = &[u8]> {
    let is_between = |byte: &u8| byte.is_ascii() && !byte.is_ascii_alphabetic();
    text.split(is_between).filter(|word| !word.is_ascii())
}

/// Whether a text has control characters that no text has, and bytes that are not ASCII.
fn is_garbled(text: &[u8]) -> bool {
    let is_control = |byte: &u8| matches!(byte, 1..=8 | 14..=31);
    !text.is_ascii() && text.iter().any(is_control)
}

/// The encoding in which a text costs least of some, of which the first is that of its file.
pub(super) fn best_of(text: &[u8], places: &[usize]) -> usize {
    let text = &text[..text.len().min(MOST_OF_A_TEXT)];
    let mut reader = Reader::default();
    let mut bits = |at: usize| {
        let charset = &CHARSETS[places[at]];
        let bits: u32 = reader.bits(charset, text, &[text.len()], &[]).iter().sum();
        bits + if at == 0 { 0 } else { OUTLIER_BITS + charset.prior }
    };
    let best = (0..places.len()).min_by_key(|&at| bits(at));
    best.map_or(UTF8, |at| places[at])
}
