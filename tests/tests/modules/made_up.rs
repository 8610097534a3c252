//! Crates of a few lines, which test the graph itself: it finds the circles that they have, and no others.

use crate::graph::Graph;

/// A crate of files, each with the path of its module ("" is the root).
fn graph(files: &[(&str, &str)]) -> Graph {
    let module =
        |path: &str| path.split("::").filter(|name| !name.is_empty()).map(str::to_owned).collect();
    Graph::of(files.iter().map(|(path, text)| (module(path), (*text).to_owned())))
}

/// The circles in words, one string each.
fn circles(files: &[(&str, &str)]) -> Vec<String> {
    let graph = graph(files);
    graph.circles().iter().map(|circle| graph.describe(circle)).collect()
}

#[test]
fn a_circle_is_reported_with_the_references_that_make_it() {
    let found = circles(&[
        ("", "mod keys; mod notes; mod score; mod alone;"),
        ("keys", "use crate::notes::Note; pub struct Key(Note);"),
        ("notes", "use super::{score::{self, Tick}, alone}; pub struct Note(score::Tick);"),
        ("score", "pub fn of(key: &crate::keys::Key) {}"),
        ("alone", "pub struct Alone;"),
    ]);
    assert_eq!(found, ["    keys -> notes\n    notes -> score\n    score -> keys\n"]);
}

#[test]
fn a_child_that_uses_its_parent_is_in_a_circle_with_a_parent_that_re_exports_it() {
    let child = ("song::line", "use super::Song; pub struct Line(Song);");
    let circle = ["    song -> song::line\n    song::line -> song\n"];
    let parents = [
        "mod line; pub use line::Line;",
        "mod line; fn f() { line::Line::new() }",
        "mod line; pub use self::line::*;",
    ];
    for parent in parents {
        assert_eq!(circles(&[("", "mod song;"), ("song", parent), child]), circle, "{parent}");
    }
    assert_eq!(
        circles(&[("", "mod song;"), ("song", "mod line; pub struct Song;"), child]),
        [""; 0]
    );
}

#[test]
fn references_in_macros_through_renamed_imports_and_through_the_root_count() {
    let leads_back = |text: &str, root: &str| {
        circles(&[("", root), ("a", "pub fn f() { crate::b::g() }"), ("b", text)]).len() == 1
    };
    assert!(leads_back("fn g() { assert!(1 == super::a::f()) }", ""));
    assert!(leads_back("macro_rules! m { () => { $crate::a::f() } }", ""));
    assert!(leads_back("use crate as all; use super::a as other; fn g() { other::f() }", ""));
    assert!(leads_back("mod tests { use super::super::a; }", ""));
    assert!(leads_back("fn g() { crate::f() }", "mod a; mod b; pub use a::f; pub use b::g;"));
}

#[test]
fn comments_strings_attributes_and_visibilities_refer_to_nothing() {
    let text = r#"
        //! Like [`crate::a::f`].
        #[doc(alias = "crate::a::f")]
        #[requires(crate::a::f)]
        pub(in crate::a) fn g(a: u8) -> &'static str {
            /* crate::a::f */
            let a = a; // super::a::f
            std::a::f(a);
            "crate::a::f"
        }
        mod tests { use super::*; fn t() { super::g(0); } }
    "#;
    assert_eq!(circles(&[("", ""), ("a", "pub fn f() { crate::b::g() }"), ("b", text)]), [""; 0]);
}

#[test]
fn a_path_between_top_level_modules_may_lead_through_others_but_not_through_the_root() {
    let graph = graph(&[
        ("", "pub use top::T; mod top; mod helper; mod low;"),
        ("top", "pub struct T;"),
        ("helper", "pub use crate::top::T;"),
        ("low::deep", "use crate::helper::T;"),
        ("other", "use crate::T;"),
    ]);
    assert_eq!(
        graph.way("low", "top"),
        Some(["low::deep", "helper", "top"].map(str::to_owned).to_vec())
    );
    assert_eq!(graph.way("top", "low"), None);
    assert_eq!(graph.way("other", "top"), None);
    assert_eq!(graph.outward("low"), ["low::deep -> helper"]);
}
