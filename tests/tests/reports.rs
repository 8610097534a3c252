//! The page on a library, in a browser: it works by itself, asks for nothing, and shows hostile names as text.

use midi_pipeline_tests::browser::Browser;
use midi_testkit::cluster::Cluster;
use midi_testkit::folder::Folder;
use postgres::Client;

/// The page on the library.
fn report(client: &mut Client) -> String {
    client.query_one("SELECT midi_library_report()", &[]).expect("a page").get(0)
}

/// A cluster with the project's own pieces in its library.
fn library() -> Cluster {
    let (cluster, folder) = (Cluster::start(), Folder::demo());
    cluster.connect().execute("SELECT midi_import($1::text)", &[&folder.as_str()]).unwrap();
    cluster
}

/// The names in the rows that are shown.
const SHOWN: &str = "Array.from(document.querySelectorAll('.scroll tbody tr'))
    .filter((row) => row.offsetHeight > 0).map((row) => row.cells[0].textContent).sort().join('|')";

/// Writes into the search box, as a user does.
fn search(browser: &mut Browser, words: &str) -> String {
    let typed = format!(
        "{{ const box = document.getElementById('search'); box.value = {words:?};
            box.dispatchEvent(new Event('input')); }} {SHOWN}"
    );
    browser.value(&typed).as_str().expect("names").to_owned()
}

fn expect_silence(browser: &mut Browser) {
    assert_eq!(browser.errors(), [""; 0]);
    assert!(browser.requests().is_empty(), "{:?}", browser.requests());
}

#[test]
fn the_search_box_filters_the_files_and_nothing_leaves_the_page() {
    let cluster = library();
    let mut browser = Browser::open(&report(&mut cluster.connect()));
    let all = search(&mut browser, "");
    assert_eq!(all.matches('|').count(), 7, "{all}");
    assert_eq!(search(&mut browser, "minor GREENSL"), "Greensleeves, cut off.mid|Greensleeves.mid");
    assert_eq!(search(&mut browser, "frere"), "Frère Jacques.mid");
    assert_eq!(search(&mut browser, "d major 120 copy"), "Ode to Joy (copy).mid");
    assert_eq!(search(&mut browser, "karaoke 6/8"), "Row, Row, Row Your Boat.kar");
    assert_eq!(search(&mut browser, "no such music"), "");
    assert_eq!(browser.value("document.getElementById('found').textContent"), "0 of 8");
    assert_eq!(search(&mut browser, " "), all);
    expect_silence(&mut browser);
}

#[test]
fn the_page_is_as_wide_as_its_window_in_both_schemes() {
    let cluster = library();
    let mut browser = Browser::open(&report(&mut cluster.connect()));
    let mut papers = Vec::new();
    for dark in [false, true] {
        for width in [360, 800, 1400] {
            browser.show(width, 900, dark);
            assert_eq!(browser.value("document.documentElement.scrollWidth"), width, "{dark}");
        }
        papers.push(browser.value("getComputedStyle(document.body).backgroundColor"));
    }
    assert_ne!(papers[0], papers[1]);
    expect_silence(&mut browser);
}

#[test]
fn hostile_names_stay_text_in_a_browser() {
    let cluster = library();
    let mut client = cluster.connect();
    let hostile = "</script></title><script>document.title='taken'</script><img src=//example.org/x onerror=\
                   document.title='taken'>\"'><svg onload=document.title='taken'>\u{202e}\u{7f}&lt;b&gt;";
    client
        .execute(
            "UPDATE midi_files SET filename = $1 || id, tags = ARRAY[$1], name_key = $1, name_bpm = 7, error = $1",
            &[&hostile],
        )
        .unwrap();
    client
        .execute(
            "UPDATE musical_metadata SET key_signature = $1, key_confidence = 1, tags = ARRAY[$1], warnings = ARRAY[$1]",
            &[&hostile],
        )
        .unwrap();
    client.execute("UPDATE midi_import_errors SET kind = $1, reason = $1", &[&hostile]).unwrap();
    let mut browser = Browser::open(&report(&mut client));
    assert_eq!(browser.value("document.title"), "Music library");
    assert_eq!(browser.value("document.querySelectorAll('script').length"), 1);
    assert_eq!(browser.value("document.querySelectorAll('img, [onerror], [onload]').length"), 0);
    let named = search(&mut browser, "document.title='taken' &lt;b&gt;");
    assert_eq!(named.matches("<img src=//example.org/x onerror=").count(), 8, "{named}");
    expect_silence(&mut browser);
}

#[test]
fn a_page_on_an_empty_library_says_so() {
    let cluster = Cluster::start();
    let mut browser = Browser::open(&report(&mut cluster.connect()));
    let text = browser.value("document.body.innerText");
    assert!(text.as_str().is_some_and(|text| text.contains("The library is empty.")), "{text}");
    expect_silence(&mut browser);
}
