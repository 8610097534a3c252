//! Forms that go on in equal lengths: choruses of twelve bars, and periods of eight.
//!
//! What speaks for single bar lines does not know the whole form. A blues is choruses of twelve bars, of three phrases
//! whose ends are as marked as those of choruses; and where a piece is in periods of eight bars, so are two phrases of
//! four that begin alike (antecedent and consequent), and sixteen bars are two of them.

use super::bars::{Bar, CHROMA, HARMONY};
use super::division::EDGE;
use super::likeness::Likes;
use crate::room::{self, NoRoom};

/// Bars of a chorus of the blues; how alike the harmony of each chorus is to the next at least, where melodies and walking
/// basses go other ways each time; and how much of what differs at the distances of other forms differs at most.
pub(super) const CHORUS: usize = 12;
const CHANGES_ALIKE: f32 = 0.65;
const DIFFERENT: f32 = 0.7;
const OTHER_FORMS: [usize; 3] = [4, 8, 16];
/// Bars of introductions, and by how much likelier sections begin as many bars later where there is one.
const INTRODUCTIONS: [usize; 3] = [1, 2, 4];
const INTRODUCED: f32 = 0.35;
/// Bars of a period and of its halves.
const PERIOD: usize = 8;
const PHRASE: usize = PERIOD / 2;
/// Share of the bars in periods from which phrases are joined, and how alike the phrases of a period are: half, about
/// which made songs have their form about equally often.
const IN_PERIODS: f32 = 0.5;
const PHRASES_ALIKE: f32 = 0.5;

/// The bars at which choruses begin, ascending, the first 0; `None` where the piece is not in choruses of twelve bars.
/// `likely` says how likely sections begin at each bar.
pub(super) fn choruses(bars: &[Bar], likely: &[f32]) -> Result<Option<Vec<usize>>, NoRoom> {
    let Some(later) = bars.get(CHORUS..).filter(|later| later.len() >= CHORUS) else {
        return Ok(None);
    };
    let pairs = bars.chunks(CHORUS).zip(later.chunks(CHORUS));
    let mut pairs = pairs.filter(|(_, later)| later.len() >= CHORUS / 2);
    let is_same =
        |(bars, later)| mean_harmony(bars, later).is_none_or(|like| like >= CHANGES_ALIKE);
    if !pairs.all(is_same) {
        return Ok(None);
    }
    let Some(in_twelve) = mean_harmony(bars, later) else { return Ok(None) };
    let others = OTHER_FORMS.iter().filter_map(|&lag| mean_harmony(bars, bars.get(lag..)?));
    if 1.0 - in_twelve > DIFFERENT * (1.0 - others.fold(0.0, f32::max)) {
        return Ok(None);
    }
    // The first chorus begins with the music, unless choruses do not fill it and sections begin far more often after an
    // introduction.
    let marked = |first: usize| {
        let lines = (first..bars.len()).step_by(CHORUS).filter(|&line| line > 0);
        let (sum, count) =
            lines.fold((0.0, 0), |(sum, count), line| (sum + likely[line], count + 1));
        sum / count.max(1) as f32
    };
    let mut first = 0;
    let mut most = marked(0) + INTRODUCED;
    let filled = bars.len() % CHORUS <= EDGE;
    for introduction in INTRODUCTIONS.into_iter().filter(|_| !filled) {
        if marked(introduction) > most {
            (first, most) = (introduction, marked(introduction));
        }
    }
    let begins = (first..bars.len()).step_by(CHORUS);
    // An ending belongs to the last chorus; one of a bar or two is parted from it.
    let is_end = |bar: usize| (EDGE + 1..CHORUS / 2).contains(&(bars.len() - bar));
    let begins = begins.filter(|&bar| bar > 0 && (bar == first || !is_end(bar)));
    Ok(Some(room::gathered([0].into_iter().chain(begins))?))
}

/// Mean share of the harmony that bars have in common with later ones, one by one.
fn mean_harmony(bars: &[Bar], later: &[Bar]) -> Option<f32> {
    let (mut common, mut pairs) = (0_u32, 0_u32);
    for (bar, later) in bars.iter().zip(later).filter(|(a, b)| a.pitched && b.pitched) {
        let least = |class: usize| bar.harmony[class].min(later.harmony[class]);
        common += (0..CHROMA).map(|class| u32::from(least(class))).sum::<u32>();
        pairs += 1;
    }
    (pairs > 0).then(|| common as f32 / (pairs * u32::from(HARMONY)) as f32)
}

/// Halves sections of sixteen bars, and joins phrases of four that begin alike where most of the piece is in periods.
pub(super) fn periods(begins: &[usize], bars: usize, likes: &Likes) -> Result<Vec<usize>, NoRoom> {
    let mut found = room::list(bars)?;
    for (index, &from) in begins.iter().enumerate() {
        found.push(from);
        let end = begins.get(index + 1).copied().unwrap_or(bars);
        if end - from == 2 * PERIOD {
            found.push(from + PERIOD);
        }
    }
    let length = |found: &[usize], index: usize| {
        found.get(index + 1).copied().unwrap_or(bars) - found[index]
    };
    let in_periods =
        (0..found.len()).filter(|&index| length(&found, index) == PERIOD).count() * PERIOD;
    if in_periods as f32 >= IN_PERIODS * bars as f32 {
        let mut index = 0;
        while index + 1 < found.len() {
            let alike =
                |from| likes.mean(from, PHRASE, PHRASE).is_some_and(|like| like >= PHRASES_ALIKE);
            if length(&found, index) == PHRASE
                && length(&found, index + 1) == PHRASE
                && alike(found[index])
            {
                found.remove(index + 1);
            }
            index += 1;
        }
    }
    Ok(found)
}
