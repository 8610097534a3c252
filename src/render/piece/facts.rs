//! What is known of a piece, and how surely.

use maud::{Markup, html};
use midi_analysis::Analysis;

use crate::render::page::text;
use crate::render::text::minutes;

/// Items of a list that are shown.
const MOST_ITEMS: usize = 24;

/// One fact.
struct Fact {
    name: &'static str,
    value: String,
    /// Probability that it is right, 0-1; `None` for what the file says, or what can be counted.
    confidence: Option<f32>,
    /// What else there is to say.
    aside: Option<String>,
}

fn fact(name: &'static str, value: String) -> Fact {
    Fact { name, value, confidence: None, aside: None }
}

/// The facts, as a section of the page.
pub(super) fn facts(analysis: &Analysis) -> Markup {
    let facts = [time(analysis), harmony(analysis), material(analysis)];
    let facts = facts.iter().flatten();
    html! {
        section.facts {
            h2 { "What is known" }
            table {
                tbody {
                    @for fact in facts {
                        tr {
                            th scope="row" { (fact.name) }
                            td { (text(&fact.value)) }
                            td.sure { @if let Some(share) = fact.confidence { (confidence(share)) } }
                            td.dim { @if let Some(aside) = &fact.aside { (text(aside)) } }
                        }
                    }
                }
            }
            @if !analysis.file.warnings.is_empty() {
                h3 { "Repaired" }
                ul { @for warning in analysis.file.warnings.iter().take(MOST_ITEMS) { li { (text(warning)) } } }
            }
        }
    }
}

fn confidence(share: f32) -> Markup {
    let percent = format!("{:.0} %", share * 100.0);
    html! { meter min="0" max="1" value=(format!("{share:.2}")) title="confidence" { (percent) } " " (percent) }
}

/// Tempo, meter and length.
fn time(analysis: &Analysis) -> Vec<Fact> {
    let (tempo, rhythm, meter) = (&analysis.tempo, &analysis.rhythm, &analysis.meter);
    let mut facts = Vec::new();
    if let Some(bpm) = rhythm.bpm {
        let changes = match (tempo.bpm_min, tempo.bpm_max) {
            (Some(least), Some(most)) if tempo.tempo_change_count > 0 => {
                Some(format!("declared {least:.0} to {most:.0}"))
            }
            (Some(declared), _) => Some(format!("declared {}", tenths(declared))),
            _ => Some("none declared".to_owned()),
        };
        let value = tenths(bpm) + " BPM";
        facts.push(Fact {
            confidence: rhythm.bpm_confidence,
            aside: changes,
            ..fact("Tempo", value)
        });
    }
    if let Some(signature) = meter.signature {
        let aside = if meter.declared { "declared" } else { "estimated" };
        let aside = Some(aside.to_owned());
        facts.push(Fact {
            confidence: meter.confidence,
            aside,
            ..fact("Meter", signature.to_string())
        });
    }
    let bars = meter.bar_count.map(|bars| format!("{bars} bars"));
    let length = minutes(tempo.duration_s.round() as u64);
    facts.push(Fact { aside: bars, ..fact("Length", length) });
    facts
}

/// A tempo, with a tenth where it is not a whole number.
fn tenths(bpm: f64) -> String {
    let shown = format!("{bpm:.1}");
    shown.strip_suffix(".0").map_or(shown.clone(), str::to_owned)
}

/// Key, chords and form.
fn harmony(analysis: &Analysis) -> Vec<Fact> {
    let key = &analysis.key;
    let mut facts = Vec::new();
    if let Some(estimated) = key.estimated {
        let others = key
            .alternatives
            .iter()
            .map(|other| format!("{} {:.0} %", other.key, other.share * 100.0));
        let others = Vec::from_iter(others).join(", ");
        let declared = key.declared.map(|declared| format!("declared {declared}"));
        let others = (!others.is_empty()).then(|| format!("or {others}"));
        let aside = Vec::from_iter(others.into_iter().chain(declared)).join("; ");
        let aside = (!aside.is_empty()).then_some(aside);
        facts.push(Fact {
            confidence: key.confidence,
            aside,
            ..fact("Key", estimated.to_string())
        });
    }
    if let Some(count) = analysis.harmony.chord_count {
        let kinds = listed(analysis.harmony.chord_types.iter().map(|quality| quality.name()));
        let per_bar = analysis.harmony.chords_per_bar.map(|rate| format!(", {rate:.1} a bar"));
        let aside = Some(format!("{count} in all{}", per_bar.unwrap_or_default()));
        facts.push(Fact { aside, ..fact("Chords", kinds) });
    }
    let form = &analysis.form;
    let sections = match form.section_count {
        1 => "1 section".to_owned(),
        count => format!("{count} sections"),
    };
    facts.push(Fact {
        aside: Some(sections),
        ..fact("Form", form.letters.chars().take(200).collect())
    });
    facts
}

/// Notes, instruments, and the judgement of the whole.
fn material(analysis: &Analysis) -> Vec<Fact> {
    let file = &analysis.file;
    let tracks = match file.track_count {
        1 => "1 track".to_owned(),
        count => format!("{count} tracks"),
    };
    let mut facts =
        vec![Fact { aside: Some(tracks), ..fact("Notes", file.note_count.to_string()) }];
    let drums = analysis.instruments.has_drums.then_some("Drums");
    let instruments = listed(analysis.instruments.names.iter().copied().chain(drums));
    facts.push(fact("Instruments", instruments));
    let complexity = format!("{:.0} of 100", analysis.complexity.total);
    facts.push(fact("Complexity", complexity));
    if !analysis.tags.is_empty() {
        facts.push(fact("Tags", listed(analysis.tags.iter().copied())));
    }
    if let Some(copyright) = &analysis.texts.copyright {
        facts.push(fact("Copyright", copyright.clone()));
    }
    facts
}

/// The first of some names, with commas.
fn listed<'a>(names: impl Iterator<Item = &'a str>) -> String {
    let mut names: Vec<&str> = names.take(MOST_ITEMS + 1).collect();
    if names.len() > MOST_ITEMS {
        names[MOST_ITEMS] = "…";
    }
    names.join(", ")
}
