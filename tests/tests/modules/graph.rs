//! The modules of a crate and what they refer to.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::fmt::Write;
use std::fs;
use std::path::Path;

use crate::references::{Module, references};

/// Each module that is a file, and the modules that its file refers to.
pub struct Graph(BTreeMap<Module, BTreeSet<Module>>);

impl Graph {
    /// Reads the crate whose root is in this folder.
    pub fn read(folder: &Path) -> Self {
        let mut files = Vec::new();
        collect(folder, &mut Vec::new(), &mut files);
        assert!(!files.is_empty(), "no sources in {}", folder.display());
        Self::of(files)
    }

    /// The graph of files, each with its path below the root of the crate.
    pub fn of(files: impl IntoIterator<Item = (Module, String)>) -> Self {
        let files: BTreeMap<Module, String> = files.into_iter().collect();
        let modules = files.keys().cloned().collect();
        let edges = files.iter().map(|(module, text)| {
            let found = references(module, text, &modules);
            (module.clone(), found)
        });
        Self(edges.collect())
    }

    /// The names of the modules directly below the root.
    pub fn families(&self) -> BTreeSet<&str> {
        self.0.keys().filter_map(|module| module.first()).map(String::as_str).collect()
    }

    /// The circles: the largest sets of modules each of which leads to every other.
    pub fn circles(&self) -> Vec<BTreeSet<Module>> {
        let reached: BTreeMap<&Module, BTreeSet<&Module>> =
            self.0.keys().map(|module| (module, self.reached(module))).collect();
        let mut circles: Vec<BTreeSet<Module>> = Vec::new();
        for (module, onward) in &reached {
            let circle = onward.iter().filter(|other| reached[**other].contains(module));
            let circle: BTreeSet<Module> = circle.map(|other| (*other).clone()).collect();
            if !circle.is_empty() && !circles.contains(&circle) {
                circles.push(circle);
            }
        }
        circles
    }

    /// A circle in words: a line a module, with the modules of the circle that it refers to.
    pub fn describe(&self, circle: &BTreeSet<Module>) -> String {
        circle.iter().fold(String::new(), |mut lines, module| {
            let within: Vec<String> = self.0[module].intersection(circle).map(written).collect();
            writeln!(lines, "    {} -> {}", written(module), within.join(", ")).expect("memory");
            lines
        })
    }

    /// A shortest way from a module of one family to one of another, by way of any modules but the root. A family is
    /// a module directly below the root with all that is below it.
    pub fn way(&self, from: &str, to: &str) -> Option<Vec<String>> {
        let starts = self.0.keys().filter(|module| is_in(module, from));
        let mut ways: VecDeque<Vec<&Module>> = starts.map(|start| vec![start]).collect();
        let mut seen: BTreeSet<&Module> = ways.iter().map(|way| way[0]).collect();
        while let Some(way) = ways.pop_front() {
            let last = way[way.len() - 1];
            if is_in(last, to) {
                return Some(way.into_iter().map(written).collect());
            }
            for next in self.0[last].iter().filter(|next| !next.is_empty()) {
                if seen.insert(next) {
                    ways.push_back([&way[..], &[next]].concat());
                }
            }
        }
        None
    }

    /// The references of a family to modules outside it.
    pub fn outward(&self, family: &str) -> Vec<String> {
        let inside = self.0.iter().filter(|(module, _)| is_in(module, family));
        inside
            .flat_map(|(module, targets)| targets.iter().map(move |target| (module, target)))
            .filter(|(_, target)| !is_in(target, family))
            .map(|(module, target)| format!("{} -> {}", written(module), written(target)))
            .collect()
    }

    fn reached<'a>(&'a self, module: &'a Module) -> BTreeSet<&'a Module> {
        let mut reached = BTreeSet::new();
        let mut open = vec![module];
        while let Some(module) = open.pop() {
            open.extend(self.0[module].iter().filter(|next| reached.insert(*next)));
        }
        reached
    }
}

/// A module as Rust writes it.
fn written(module: &Module) -> String {
    if module.is_empty() { "crate".to_owned() } else { module.join("::") }
}

fn is_in(module: &Module, family: &str) -> bool {
    module.first().is_some_and(|first| first == family)
}

fn collect(folder: &Path, above: &mut Module, files: &mut Vec<(Module, String)>) {
    for entry in fs::read_dir(folder).expect("a folder of sources") {
        let path = entry.expect("an entry").path();
        let stem = path.file_stem().and_then(|stem| stem.to_str()).expect("a plain name");
        let is_root = above.is_empty() && matches!(stem, "lib" | "main");
        if path.is_dir() {
            above.push(stem.to_owned());
            collect(&path, above, files);
            above.pop();
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let own = (!is_root && stem != "mod").then(|| stem.to_owned());
            let module = above.iter().cloned().chain(own).collect();
            files.push((module, fs::read_to_string(&path).expect("a source file")));
        }
    }
}
