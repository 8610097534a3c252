//! Pictures and pages of pieces, as a browser shows them.

use std::path::Path;

use midi_pipeline_tests::browser::Browser;
use midi_testkit::cluster::{Cluster, sqlstate};
use midi_testkit::demo;
use midi_testkit::smf::{Track, file};
use postgres::Client;

/// A name that would be a script, an attribute, an element or the end of one, and that has characters which neither XML
/// nor HTML has, and which turn the direction of a line.
const HOSTILE: &str = "</title></text></script><script>document.title='taken'</script><img src=x \
                       onerror=\"document.title='taken'\">\u{202e}\u{1}\u{ffff}&amp;'\"]]>";

fn piece(name: &str) -> Vec<u8> {
    let found = demo::pieces().into_iter().find(|(path, _)| *path == name);
    found.expect("one of the project's pieces").1
}

fn hostile_piece() -> Vec<u8> {
    let notes = "C4q D4 E4 F4 | G4 A4 B4 C5 | C5 B4 A4 G4 | F4 E4 D4 C4";
    let named = Track::new(HOSTILE, 0).tempo(120).meter(4, 4).program(0).play(80, notes);
    let named = named.at(0).meta(0x02, HOSTILE.as_bytes()).at(480).meta(0x05, HOSTILE.as_bytes());
    file(&[named])
}

fn made(client: &mut Client, call: &str, content: &[u8]) -> String {
    let sql = format!("SELECT {}", call.replace("$1", "$1::bytea"));
    client.query_one(&sql, &[&content]).expect("a picture").get(0)
}

/// A page of HTML that shows a picture as part of it, as XML reads it: what is not well-formed is told.
fn parsed(browser: &mut Browser, picture: &str) -> String {
    let quoted = serde_json::to_string(picture).expect("a text");
    let script = format!(
        "window.drawn = new DOMParser().parseFromString({quoted}, 'image/svg+xml');
         drawn.querySelector('parsererror') ? drawn.documentElement.textContent : ''"
    );
    browser.value(&script).as_str().expect("a text").to_owned()
}

#[test]
fn a_piano_roll_is_well_formed_and_shows_bars_voices_chords_and_drums() {
    let cluster = Cluster::start();
    let mut client = cluster.connect();
    let picture = made(&mut client, "midi_piano_roll($1)", &piece("Late Train.mid"));
    let mut browser = Browser::open("<!DOCTYPE html><title>x</title>");
    assert_eq!(parsed(&mut browser, &picture), "");
    let texts =
        "Array.from(drawn.querySelectorAll('text'), text => text.textContent.trim()).join('|')";
    let texts = browser.value(texts).as_str().expect("texts").to_owned();
    for shown in ["1", "8", "A", "Dm7", "G7", "C4", "Alto Sax", "Bass", "Ride Cymbal 1"] {
        assert!(texts.split('|').any(|text| text == shown), "{shown} in {texts}");
    }
    let colors = browser.value("drawn.querySelectorAll('.notes path').length");
    assert!(colors.as_u64().is_some_and(|colors| colors >= 4), "{colors}");
    // Two of its bars have fewer numbers, and the same width.
    let part = made(&mut client, "midi_piano_roll($1, 3, 4, 640, 300)", &piece("Late Train.mid"));
    assert_eq!(parsed(&mut browser, &part), "");
    let numbers = "Array.from(drawn.querySelectorAll('.number'), n => n.textContent.trim()).join()";
    assert_eq!(browser.value(numbers), "3,4");
    let size = "[drawn.documentElement.getAttribute('width'), drawn.documentElement.getAttribute('height')].join()";
    let size = browser.value(size).as_str().expect("a size").to_owned();
    assert!(size.starts_with("640,29") || size.starts_with("640,30"), "{size}");
}

#[test]
fn a_picture_has_the_colours_of_what_is_asked_for() {
    let cluster = Cluster::start();
    let mut client = cluster.connect();
    let names = |client: &mut Client, color_by: &str| {
        let call = format!("midi_piano_roll($1, color_by => '{color_by}')");
        let picture = made(client, &call, &piece("Late Train.mid"));
        let voices = picture.split("class=\"voice\"").skip(1);
        let name =
            |voice: &str| Some(voice.split_once('>')?.1.split_once('<')?.0.trim().to_owned());
        voices.filter_map(name).collect::<Vec<_>>()
    };
    assert_eq!(names(&mut client, "track"), ["Alto Sax", "Piano", "Bass", "Drums"]);
    assert_eq!(names(&mut client, "channel")[0], "1 Alto Sax");
    let instruments = ["Acoustic Grand Piano", "Acoustic Bass", "Alto Sax", "Drums"];
    assert_eq!(names(&mut client, "instrument"), instruments);
    assert_eq!(names(&mut client, "pitch").last().map(String::as_str), Some("Drums"));
}

#[test]
fn a_hundred_thousand_notes_are_less_than_two_megabytes() {
    let cluster = Cluster::start();
    let mut client = cluster.connect();
    let mut random = fastrand::Rng::with_seed(1);
    let track = |channel: u8| {
        (0..12_500).fold(Track::new("Dense", channel).program(channel), |track, step| {
            let (pitch, velocity) = (random.u8(..), random.u8(1..));
            track.at(step * 60 + random.u32(..60)).note(
                pitch & 127,
                velocity.clamp(1, 127),
                30 + random.u32(..400),
            )
        })
    };
    let dense = file(&Vec::from_iter((0..8).map(track)));
    for width in [800, 4096] {
        let call = format!("midi_piano_roll($1, width => {width})");
        let picture = made(&mut client, &call, &dense);
        assert!((100_000..2_000_000).contains(&picture.len()), "{width}: {}", picture.len());
    }
    let page = made(&mut client, "midi_page($1)", &dense);
    assert!(page.len() < 4_000_000, "{}", page.len());
}

#[test]
fn what_cannot_be_shown_has_a_code_and_a_hint() {
    let cluster = Cluster::start();
    let mut client = cluster.connect();
    let ode = piece("Ode to Joy.mid");
    for arguments in [
        "0, 4",
        "-1",
        "3, 2",
        "1000",
        "1, 1000",
        "2147483647",
        "NULL, NULL, 100",
        "NULL, NULL, 5000",
        "NULL, NULL, 800, 10",
        "NULL, NULL, 800, -1",
        "color_by => 'key'",
        "color_by => ''",
    ] {
        let sql = format!("SELECT midi_piano_roll($1::bytea, {arguments})");
        let result = client.query(&sql, &[&ode]);
        assert_eq!(sqlstate(&result), "22023", "{arguments}: {result:?}");
        let error = result.expect_err("an error");
        let told = error.as_db_error().expect("an error of the server");
        assert!(told.hint().is_some(), "{arguments}: {told:?}");
    }
    let nothing: Option<String> =
        client.query_one("SELECT midi_piano_roll(NULL::bytea)", &[]).expect("NULL").get(0);
    assert_eq!(nothing, None);
}

#[test]
fn a_page_plays_and_asks_for_nothing() {
    let cluster = Cluster::start();
    let mut client = cluster.connect();
    let page = made(&mut client, "midi_page($1)", &piece("Late Train.mid"));
    let mut browser = Browser::open(&page);
    assert_eq!(browser.value("document.title"), "Late Train");
    assert_eq!(browser.value("document.getElementById('clock').textContent"), "0:00.0");
    browser.value("document.getElementById('play').click()");
    browser.until("Number(document.getElementById('place').value) > 0.3");
    assert_eq!(browser.value("document.getElementById('play').textContent"), "Pause");
    assert!(browser.value("document.querySelectorAll('.bar.now').length") == 1);
    browser.value("document.getElementById('play').click()");
    let stopped = browser.value("document.getElementById('place').value");
    assert_eq!(browser.value("document.getElementById('place').value"), stopped);
    // It ends, and begins again.
    browser.value("document.getElementById('place').value = 1e9; document.getElementById('place').dispatchEvent(new Event('input'))");
    assert_eq!(browser.value("document.getElementById('clock').textContent"), "0:14.5");
    assert_eq!(browser.errors(), [""; 0]);
    assert_eq!(browser.requests(), [""; 0]);
}

#[test]
fn a_hostile_name_stays_text() {
    let cluster = Cluster::start();
    let mut client = cluster.connect();
    let content = hostile_piece();
    let picture = made(&mut client, "midi_piano_roll($1)", &content);
    let mut browser = Browser::open("<!DOCTYPE html><title>x</title>");
    assert_eq!(parsed(&mut browser, &picture), "");
    assert_eq!(browser.value("drawn.querySelectorAll('script, img, a').length"), 0);

    let page = made(&mut client, "midi_page($1)", &content);
    let mut browser = Browser::open(&page);
    let title = browser.value("document.title").as_str().expect("a title").to_owned();
    assert!(title.starts_with("</title></text></script><script>"), "{title}");
    assert_eq!(browser.value("document.querySelectorAll('img').length"), 0);
    // The player, and its notes.
    assert_eq!(browser.value("document.scripts.length"), 2);
    assert_eq!(browser.errors(), [""; 0]);
    assert_eq!(browser.requests(), [""; 0]);
}

#[test]
fn the_picture_in_the_documentation_is_what_the_function_draws() {
    let cluster = Cluster::start();
    let mut client = cluster.connect();
    let drawn = made(&mut client, "midi_piano_roll($1)", &piece("Late Train.mid"));
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/late-train.svg");
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::write(&path, &drawn).expect("a picture can be written");
    }
    let shown = std::fs::read_to_string(&path).expect("the picture");
    assert!(shown == drawn, "docs/late-train.svg is out of date: run with UPDATE_DOCS=1");
}
