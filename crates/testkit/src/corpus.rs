//! Generated music for `scripts/bench`. Each piece depends only on a seed and its number.
//!
//! As music it is poor, but it has everything that makes files expensive to analyse: several tracks, form and repetition, chord progressions,
//! melodies, drums, tempo maps, pedals and bends, lyrics, and performances off the grid. Sizes are log-normal,
//! around 16 kB and from 5 to 60 kB.

mod harmony;
mod parts;
mod plan;
mod player;
mod styles;
mod words;

use fastrand::Rng;

use crate::smf::{Track, file_in};
use parts::Section;
use plan::{Ending, Plan};
use player::Player;

/// A file of the corpus.
pub struct Piece {
    /// Its path below the folder: ten thousand files a folder, a thousand below each of its folders.
    pub path: String,
    /// Its content.
    pub bytes: Vec<u8>,
}

/// The piece of this number.
pub fn piece(seed: u64, number: u32) -> Piece {
    let mut rng = Rng::with_seed(seed.rotate_left(32) ^ u64::from(number));
    let plan = Plan::new(&mut rng);
    let title = words::title(&mut rng);
    let (style, key, bpm) = (plan.style.name, plan.key.name(), plan.bpm.round());
    let extension = if plan.sung == plan::Sung::Karaoke { "kar" } else { "mid" };
    Piece {
        path: format!(
            "{:02}/{:04}/{number:07} {title} ({style}) {key} {bpm}bpm.{extension}",
            number / 10_000,
            number / 1000
        ),
        bytes: compose(&plan, &format!("{title} {number}"), &mut rng),
    }
}

fn compose(plan: &Plan, title: &str, rng: &mut Rng) -> Vec<u8> {
    let mut tracks: Vec<Track> = plan.parts.iter().map(|part| part.track()).collect();
    let mut words = plan.words_track();
    let sections: [Section; 3] = std::array::from_fn(|_| Section::new(plan, rng));
    let form = rng.choice(FORMS).expect("there are some");
    let (mut bar, mut starts) = (0, Vec::new());
    for letter in form.bytes().cycle() {
        let section = &sections[usize::from(letter - b'A')];
        starts.push((bar, char::from(letter)));
        for (index, (part, track)) in plan.parts.iter().zip(&mut tracks).enumerate() {
            let player = Player::new(plan, part, track, words.as_mut(), rng.fork());
            section.play(part, index, bar, player);
        }
        bar += section.bars;
        let events: usize = tracks.iter().map(Track::event_count).sum();
        let texts = words.as_ref().map_or(0, Track::event_count);
        if plan.bytes_of(events, texts) >= plan.target_bytes {
            break;
        }
    }
    let end = Ending { bars: bar, starts };
    let mut all = vec![plan.conductor(title, &end, rng)];
    all.extend(words);
    all.extend(tracks);
    file_in(plan.layout, &all)
}

const FORMS: [&str; 6] = ["AABA", "ABAC", "AABB", "ABABCB", "A", "ABCB"];
