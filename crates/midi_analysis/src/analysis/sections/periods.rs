//! Forms that go on in equal lengths: choruses of twelve bars, and periods of eight.
//!
//! What speaks for single bar lines does not know the whole form. A blues is choruses of twelve bars, of three phrases
//! whose ends are as marked as those of choruses; and where a piece is in periods of eight bars, so are two phrases of
//! four that begin alike (antecedent and consequent), and sixteen bars are two of them.

use super::bars::{Bar, CHROMA, HARMONY};
use super::likeness::Likes;
use crate::room::{self, NoRoom};

/// Bars of a chorus of the blues, and how alike the harmony of bars at that distance is at least, and by how much more
/// than at the distances of other forms.
const CHORUS: usize = 12;
const CHANGES_ALIKE: f32 = 0.85;
const MORE_ALIKE: f32 = 0.08;
const OTHER_FORMS: [usize; 3] = [4, 8, 16];
/// Bars of introductions, and by how much likelier sections begin as many bars later where there is one.
const INTRODUCTIONS: [usize; 3] = [1, 2, 4];
const INTRODUCED: f32 = 0.35;
/// Bars of a last chord after the last chorus.
const CLOSE: usize = 1;
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
    let in_twelve = mean_harmony(bars, CHORUS).filter(|_| bars.len() >= 2 * CHORUS);
    let Some(in_twelve) = in_twelve.filter(|&like| like >= CHANGES_ALIKE) else { return Ok(None) };
    let others = OTHER_FORMS.iter().filter_map(|&lag| mean_harmony(bars, lag));
    if in_twelve < others.fold(0.0, f32::max) + MORE_ALIKE {
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
    let filled = bars.len() % CHORUS <= CLOSE;
    for introduction in INTRODUCTIONS.into_iter().filter(|_| !filled) {
        if marked(introduction) > most {
            (first, most) = (introduction, marked(introduction));
        }
    }
    let begins = (first..bars.len()).step_by(CHORUS);
    // An ending belongs to the last chorus.
    let begins = begins.filter(|&bar| bar > 0 && (bar == first || bars.len() - bar >= CHORUS / 2));
    Ok(Some(room::gathered([0].into_iter().chain(begins))?))
}

/// Mean share of the harmony that bars at a distance have in common.
fn mean_harmony(bars: &[Bar], lag: usize) -> Option<f32> {
    let (mut common, mut pairs) = (0_u32, 0_u32);
    for (bar, later) in bars.iter().zip(bars.get(lag..)?).filter(|(a, b)| a.pitched && b.pitched) {
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
