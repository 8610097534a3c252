//! Postings of a page as bytes: for each key how much greater it is than the one before, the length of its list in bytes, and
//! the list: for each row how many blocks later it is, and its line. All numbers have seven bits a byte, the lowest first
//! (LEB128).
//!
//! Every few keys one is written whole, and the places of these are at the end of the body, so that a key is found without
//! reading the others (as in LevelDB's tables).

use super::page::CAPACITY;
use super::posting::{Key, Posting};
use crate::pg::index_pages::{Damaged, Row};

/// Keys from one that is written whole to the next.
const KEYS_A_RUN: usize = 16;
/// Bytes of the place of a key that is written whole: the key, and where it is.
const PLACE: usize = 8 + 2;
/// Bytes that say how many of them there are.
const COUNT: usize = 2;
/// The most bytes of a number of 64 bits, of a block, of a line, and of the length of a list.
const LONGEST_KEY: usize = 10;
const LONGEST_ROW: usize = 5 + 3;
const LONGEST_LENGTH: usize = 2;

/// Makes the bodies of pages from ascending postings.
#[derive(Default)]
pub(super) struct Encoder {
    body: Vec<u8>,
    places: Vec<u8>,
    keys: usize,
    /// The key of the list, and the one before it.
    key: Option<Key>,
    before: u64,
    first: Option<Key>,
    list: Vec<u8>,
    block: u32,
}

impl Encoder {
    /// Adds a posting behind the last one; `false` where there is no room for it.
    pub(super) fn add(&mut self, posting: Posting) -> bool {
        let (key, Row { block, line }) = (posting.key(), posting.row());
        let most = self.body.len()
            + self.list.len()
            + self.places.len()
            + 2 * (LONGEST_KEY + LONGEST_LENGTH)
            + LONGEST_ROW
            + 2 * PLACE
            + COUNT;
        if most > CAPACITY {
            return false;
        }
        if self.key != Some(key) {
            self.end_list();
            self.key = Some(key);
            self.first = self.first.or(Some(key));
            self.block = 0;
        }
        write(&mut self.list, u64::from(block - self.block));
        write(&mut self.list, line.into());
        self.block = block;
        true
    }

    fn end_list(&mut self) {
        let Some(key) = self.key.take() else { return };
        if self.keys.is_multiple_of(KEYS_A_RUN) {
            self.places.extend(key.0.to_ne_bytes());
            self.places.extend((self.body.len() as u16).to_ne_bytes());
            self.before = 0;
        }
        self.keys += 1;
        write(&mut self.body, key.0 - self.before);
        self.before = key.0;
        write(&mut self.body, self.list.len() as u64);
        self.body.append(&mut self.list);
    }

    /// The body of the postings so far, and the first key; `None` if there are none. Begins the next page.
    pub(super) fn finish(&mut self) -> Option<(Vec<u8>, Key)> {
        self.end_list();
        let first = self.first?;
        let mut page = std::mem::take(self);
        page.body.append(&mut page.places);
        page.body.extend((page.keys.div_ceil(KEYS_A_RUN) as u16).to_ne_bytes());
        Some((page.body, first))
    }
}

/// The body of a page, which is read.
pub(super) struct Decoder<'a> {
    lists: &'a [u8],
    places: &'a [[u8; PLACE]],
}

impl<'a> Decoder<'a> {
    pub(super) fn new(body: &'a [u8]) -> Result<Self, Damaged> {
        let (rest, count) = body.split_last_chunk::<COUNT>().ok_or(Damaged)?;
        let places = usize::from(u16::from_ne_bytes(*count)) * PLACE;
        let (lists, places) =
            rest.split_at_checked(rest.len().wrapping_sub(places)).ok_or(Damaged)?;
        Ok(Self { lists, places: places.as_chunks().0 })
    }

    /// Gives all postings to `take`.
    pub(super) fn all(&self, mut take: impl FnMut(Posting)) -> Result<(), Damaged> {
        for run in 0..self.places.len() {
            self.run(run, |key, list| {
                rows(list, |row| take(Posting::new(key, row)))?;
                Ok(true)
            })?;
        }
        Ok(())
    }

    /// Gives the rows that have a key to `take`.
    pub(super) fn of(&self, wanted: Key, mut take: impl FnMut(Row)) -> Result<(), Damaged> {
        let run = self.places.partition_point(|place| Self::place(place).0 <= wanted);
        let Some(run) = run.checked_sub(1) else { return Ok(()) };
        self.run(run, |key, list| {
            if key == wanted {
                rows(list, &mut take)?;
            }
            Ok(key < wanted)
        })
    }

    /// Gives the keys and lists of a run to `take` until it returns false.
    fn run(
        &self,
        run: usize,
        mut take: impl FnMut(Key, &[u8]) -> Result<bool, Damaged>,
    ) -> Result<(), Damaged> {
        let start = Self::place(&self.places[run]).1;
        let end = self.places.get(run + 1).map_or(self.lists.len(), |next| Self::place(next).1);
        let mut left = self.lists.get(start..end).ok_or(Damaged)?;
        let mut key = 0_u64;
        while !left.is_empty() {
            key = key.checked_add(read(&mut left)?).ok_or(Damaged)?;
            let length = read(&mut left)? as usize;
            let (list, rest) = left.split_at_checked(length).ok_or(Damaged)?;
            left = rest;
            if !take(Key(key), list)? {
                break;
            }
        }
        Ok(())
    }

    fn place(place: &[u8; PLACE]) -> (Key, usize) {
        let [k0, k1, k2, k3, k4, k5, k6, k7, a0, a1] = *place;
        let key = u64::from_ne_bytes([k0, k1, k2, k3, k4, k5, k6, k7]);
        (Key(key), usize::from(u16::from_ne_bytes([a0, a1])))
    }
}

/// Gives the rows of a list to `take`.
fn rows(mut list: &[u8], mut take: impl FnMut(Row)) -> Result<(), Damaged> {
    let mut block = 0_u32;
    while !list.is_empty() {
        let later = u32::try_from(read(&mut list)?).map_err(|_| Damaged)?;
        let line = u16::try_from(read(&mut list)?).map_err(|_| Damaged)?;
        block = block.checked_add(later).ok_or(Damaged)?;
        take(Row { block, line }.sound()?);
    }
    Ok(())
}

fn write(bytes: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        bytes.push(number as u8 | 0x80);
        number >>= 7;
    }
    bytes.push(number as u8);
}

#[inline]
fn read(bytes: &mut &[u8]) -> Result<u64, Damaged> {
    let (mut number, mut shift) = (0, 0);
    while let Some((&byte, rest)) = bytes.split_first() {
        *bytes = rest;
        number |= u64::from(byte & 0x7f) << shift;
        if byte < 0x80 {
            return Ok(number);
        }
        shift += 7;
        if shift > 63 {
            break;
        }
    }
    Err(Damaged)
}

#[cfg(test)]
mod tests {
    use super::{CAPACITY, Decoder, Encoder};
    use crate::pg::index_pages::Row;
    use crate::pg::postings::posting::{Key, Posting};

    /// Postings with keys near and far, of few rows and of many.
    fn postings() -> Vec<Posting> {
        let mut all = Vec::new();
        for number in 0..3_000_u32 {
            let key = Key(u64::from(number) * u64::from(number % 7 + 1) * 977);
            let rows = if number % 500 == 9 { 5_000 } else { number % 4 + 1 };
            for row in 0..rows {
                let line = (row % 290) as u16 + 1;
                all.push(Posting::new(key, Row { block: row * (number % 90 + 1) * 700, line }));
            }
        }
        all.push(Posting::new(Key::of(i32::MAX), Row { block: u32::MAX, line: 291 }));
        all.sort_unstable();
        all.dedup();
        all
    }

    fn bodies(postings: &[Posting]) -> Vec<Vec<u8>> {
        let (mut encoder, mut bodies) = (Encoder::default(), Vec::new());
        for &posting in postings {
            if !encoder.add(posting) {
                bodies.extend(encoder.finish().map(|(body, _)| body));
                assert!(encoder.add(posting));
            }
        }
        bodies.extend(encoder.finish().map(|(body, _)| body));
        bodies
    }

    #[test]
    fn pages_give_back_what_they_were_made_of() {
        let postings = postings();
        let bodies = bodies(&postings);
        assert!(bodies.len() > 10 && bodies.iter().all(|body| body.len() <= CAPACITY));
        let mut found = Vec::new();
        for body in &bodies {
            Decoder::new(body).unwrap().all(|posting| found.push(posting)).unwrap();
        }
        assert!(found == postings);
        let mut before = None;
        for key in postings.iter().map(|posting| posting.key()) {
            if before.replace(key) == Some(key) {
                continue;
            }
            let mut rows = Vec::new();
            for body in &bodies {
                Decoder::new(body).unwrap().of(key, |row| rows.push(row)).unwrap();
            }
            let wanted = postings.iter().filter(|posting| posting.key() == key);
            assert!(rows.into_iter().eq(wanted.map(|posting| posting.row())), "{key:?}");
        }
        for key in [Key(1), Key(u64::MAX)] {
            for body in &bodies {
                Decoder::new(body).unwrap().of(key, |row| panic!("{row:?}")).unwrap();
            }
        }
    }

    #[test]
    fn damaged_pages_are_told_or_read_as_others_but_never_read_beyond() {
        let body = &bodies(&postings())[0];
        for at in 0..body.len() {
            for change in [0x01, 0x80, 0xff] {
                let mut damaged = body.clone();
                damaged[at] ^= change;
                if let Ok(decoder) = Decoder::new(&damaged) {
                    let _ = decoder.all(|_| ());
                    let _ = decoder.of(Key::of(0), |_| ());
                }
            }
        }
        for length in 0..body.len() {
            if let Ok(decoder) = Decoder::new(&body[..length]) {
                let _ = decoder.all(|_| ());
            }
        }
    }
}
