//! The tables that `scripts/bench` makes of what it has measured, and the documents that it writes them into.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use midi_testkit::folder::Folder;

/// Runs lines of bash with the functions of `scripts/bench`; `$1` is a path.
fn bash(lines: &str, path: &Path) -> Output {
    let sources = "source scripts/lib.sh; for part in report compare growth; do source benches/$part.sh; done";
    Command::new("bash")
        .args(["-c", &format!("{sources}\n{lines}"), "scripts/bench"])
        .arg(path)
        .current_dir(root())
        .output()
        .expect("bash")
}

fn printed(lines: &str, path: &Path) -> String {
    let output = bash(lines, path);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("UTF-8")
}

fn root() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
}

/// What stands between the markers of a block.
fn block(document: &str, name: &str) -> String {
    let text = fs::read_to_string(root().join(document)).expect("a document");
    let (_, rest) = text.split_once(&format!("<!-- bench {name} -->")).expect("the block begins");
    rest.split_once(&format!("<!-- end {name} -->")).expect("the block ends").0.to_owned()
}

#[test]
fn the_documents_have_the_blocks_that_are_written() {
    for (document, name) in
        [("docs/speed.md", "made-up"), ("docs/speed.md", "growth"), ("README.md", "rate")]
    {
        printed(&format!("require_block {name} \"$1\""), &root().join(document));
        assert!(block(document, name).contains("files"), "{document} has no figures in {name}");
    }
}

#[test]
fn the_rate_in_the_readme_is_that_of_the_table() {
    let rate = block("README.md", "rate");
    let (rate, cores) = rate.split_once(" files per second on ").expect("a rate");
    let (cores, busy) = cores.split_once(" cores").expect("cores");
    let table = block("docs/speed.md", "made-up");
    let expected = if table.contains("On a busy machine") { ", on a busy machine" } else { "" };
    assert_eq!(busy, expected);
    let row = table
        .lines()
        .find(|line| line.starts_with(&format!("| import, {cores} threads |")))
        .expect("a row of the import with all cores");
    assert_eq!(row.split('|').nth(4).map(str::trim), Some(rate.replace(',', "").as_str()));
}

#[test]
fn a_block_is_replaced_and_all_else_stays() {
    let folder = Folder::new();
    let text = "# Speed\n\nat <!-- bench rate -->1<!-- end rate --> a second\n\n<!-- bench table -->\nold\n<!-- end table -->\nend\n";
    let document = folder.write("speed.md", text.as_bytes());
    // What bash and sed would take for something else.
    printed("write_block table \"$1\" $'\\n| a & b | \\\\1 | $HOME | * |\\n'", &document);
    printed("write_block rate \"$1\" '1,234'", &document);
    let written = "# Speed\n\nat <!-- bench rate -->1,234<!-- end rate --> a second\n\n<!-- bench table -->\n| a & b | \\1 | $HOME | * |\n<!-- end table -->\nend\n";
    assert_eq!(fs::read_to_string(&document).unwrap(), written);
}

#[test]
fn a_document_without_one_such_block_is_left_as_it_is() {
    let (begin, end) = ("<!-- bench rate -->", "<!-- end rate -->");
    for text in [
        "no block\n".to_owned(),
        format!("{begin} no end\n"),
        format!("{end} before {begin}\n"),
        format!("{begin} one {end} and {begin} another {end}\n"),
        format!("{begin} one end {end} and another {end}\n"),
        format!("{begin} in {begin} another {end}\n"),
    ] {
        let folder = Folder::new();
        let document = folder.write("speed.md", text.as_bytes());
        let output = bash("write_block rate \"$1\" 1", &document);
        assert!(!output.status.success(), "{text}");
        assert!(String::from_utf8_lossy(&output.stderr).contains("<!-- bench rate -->"), "{text}");
        assert_eq!(fs::read_to_string(&document).unwrap(), text);
    }
}

#[test]
fn a_line_of_the_comparison_is_the_median_of_its_rounds() {
    let folder = Folder::new();
    let taken = folder.write(
        "taken",
        b"midly_parse 2000 4000000 1 - 3\n\
          full-1 100 1000000 0.4 0.5 1\n\
          full-1 100 1000000 0.1 0.2 1\n\
          full-1 100 1000000 0.2 0.25 1\n\
          symusic 100 1000000 0.05 0.05 7\n",
    );
    let table = printed("taken=$1 peers=yes; compare_table", &taken);
    for line in [
        "| midly, parse, in memory, one thread | 2000 | 3 | 2000 | 4.0 | - | 1.000 | 1.000 |",
        "| import, 1 thread | 100 | 1 | 500 | 5.0 | 2500 | 0.250 | 0.250 |",
        "| symusic, Score(path), one thread | 100 | 7 | 2000 | 20.0 | 500 | 1.000 | 1.000 |",
        "| mido, MidiFile(path), one thread | did not finish | | | | | | |",
    ] {
        assert!(table.lines().any(|printed| printed == line), "{line} is not in\n{table}");
    }
    let alone = printed("taken=$1 peers=; sed -i /^symusic/d \"$1\"; compare_table", &taken);
    assert!(
        alone.contains("| import, 1 thread | 100 | 1 | 500 | 5.0 | 2500 | 0.250 | - |"),
        "{alone}"
    );
    assert!(!alone.contains("mido"), "{alone}");
}

#[test]
fn the_rate_for_the_readme_says_whether_the_machine_was_busy() {
    let folder = Folder::new();
    let taken = folder.write("taken", b"full-2 10000 1 4 5 0 90 50\n");
    let rate = |report: &str| {
        printed(
            &format!("taken=$1; threads_compared() {{ echo 2; }}; import_rate '{report}'"),
            &taken,
        )
    };
    assert_eq!(rate("2026-01-01."), "2,500 files per second on 2 cores");
    assert_eq!(
        rate("2026-01-01. On a busy machine: just before"),
        "2,500 files per second on 2 cores, on a busy machine"
    );
}

#[test]
fn an_answer_that_asked_some_files_says_how_long_all_would_take() {
    let line = printed(
        "slow() { sleep 0.5; echo 3 10 2 40000; }; answer_line slow declared slow",
        Path::new(""),
    );
    let cells: Vec<&str> = line.split('|').map(str::trim).collect();
    let about: u32 = cells[3].strip_prefix("about ").expect("an estimate").parse().unwrap();
    assert!(about >= 2000, "{line}");
    assert_eq!(cells[4..7], ["10", "2", "3"]);
    let all = printed("answer_line quick declared echo 3 10 2 10", Path::new(""));
    assert!(!all.contains("about") && all.ends_with("| 10 | 2 | 3 |\n"), "{all}");
    let none = printed("answer_line broken declared false", Path::new(""));
    assert_eq!(none, "| broken | declared | did not finish | | | |\n");
}

#[test]
fn growth_is_the_rate_of_the_largest_library_against_the_smallest() {
    let folder = Folder::new();
    let taken = folder.write(
        "taken",
        b"import-2000-1 2000 1 2 - 0 90 50 0.1\n\
          import-2000-1 2000 1 4 - 0 90 70 0.1\n\
          import-2000-1 2000 1 1 - 0 90 60 0.1\n\
          import-2000-2 2000 1 1 - 0 90 40 0.1\n\
          again-2000 2000 1 0.3 0.3 0 80 30\n\
          vanish-2000 2000 1 0.2 0.2 0 80 30\n\
          import-1200000-1 1200000 1 1500 - 0 90 71 1\n\
          import-1200000-2 1200000 1 750 - 0 90 65 1\n\
          again-1200000 1200000 1 12.34 9 0 200 145\n\
          vanish-1200000 1200000 1 7 6 0 90 80\n",
    );
    let shown = printed("taken=$1 sizes=$'2000\\n1200000'; growth_table; growth_ratios", &taken);
    for line in [
        "| 2,000 | 1000 | 2000 | 0.30 | 0.20 | 70 |",
        "| 1,200,000 | 800 | 1600 | 12.34 | 7.00 | 145 |",
        "The rate with 1,200,000 files is 0.80 with 1 worker and 0.80 with 2 workers of that with 2,000.",
    ] {
        assert!(shown.lines().any(|printed| printed == line), "{line} is not in\n{shown}");
    }
}
