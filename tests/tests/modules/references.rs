//! Which modules the text of a file refers to.
//!
//! A reference is a path whose beginning leads to another file of the crate: in a `use` (a `pub use` of a child too, so
//! that a parent depends on the children it re-exports), in an expression, a type, or the tokens of a macro. Comments,
//! strings, attributes and `pub(in path)` refer to nothing. Paths are resolved as in edition 2024, but for names that
//! come by a glob.

use std::collections::{BTreeMap, BTreeSet};

use proc_macro2::{TokenStream, TokenTree};
use syn::visit::{self, Visit};
use syn::{Attribute, ItemMod, ItemUse, Macro, UseTree, Visibility};

/// The path of a module from the root of its crate, which is empty itself.
pub type Module = Vec<String>;

/// The modules that a file refers to, itself left out. `modules` has those that are files.
pub fn references(module: &Module, text: &str, modules: &BTreeSet<Module>) -> BTreeSet<Module> {
    let file = syn::parse_file(text).unwrap_or_else(|error| panic!("{module:?}: {error}"));
    let mut imports = Imports { here: module.clone(), paths: Vec::new() };
    imports.visit_file(&file);
    let mut references = References {
        modules,
        module,
        here: module.clone(),
        aliases: BTreeMap::new(),
        found: BTreeSet::new(),
    };
    references.import(imports.paths);
    references.visit_file(&file);
    references.found
}

/// What a file imports: the inline module where it does, the path, and the name that it gets.
struct Imports {
    here: Module,
    paths: Vec<(Module, Vec<String>, String)>,
}

impl<'ast> Visit<'ast> for Imports {
    fn visit_item_mod(&mut self, item: &'ast ItemMod) {
        self.here.push(item.ident.to_string());
        visit::visit_item_mod(self, item);
        self.here.pop();
    }

    fn visit_item_use(&mut self, item: &'ast ItemUse) {
        if item.leading_colon.is_none() {
            self.expand(Vec::new(), &item.tree);
        }
    }
}

impl Imports {
    fn expand(&mut self, mut prefix: Vec<String>, tree: &UseTree) {
        match tree {
            UseTree::Path(path) => {
                prefix.push(path.ident.to_string());
                self.expand(prefix, &path.tree);
            }
            UseTree::Group(group) => {
                group.items.iter().for_each(|tree| self.expand(prefix.clone(), tree));
            }
            UseTree::Glob(_) => self.paths.push((self.here.clone(), prefix, String::new())),
            UseTree::Name(name) => {
                // `use a::{self}` is `use a`.
                if name.ident != "self" {
                    prefix.push(name.ident.to_string());
                }
                let local = prefix.last().cloned().unwrap_or_default();
                self.paths.push((self.here.clone(), prefix, local));
            }
            UseTree::Rename(rename) => {
                if rename.ident != "self" {
                    prefix.push(rename.ident.to_string());
                }
                self.paths.push((self.here.clone(), prefix, rename.rename.to_string()));
            }
        }
    }
}

struct References<'a> {
    modules: &'a BTreeSet<Module>,
    module: &'a Module,
    /// The inline module that is being read, or the file.
    here: Module,
    /// Modules by the names under which they were imported.
    aliases: BTreeMap<String, Module>,
    found: BTreeSet<Module>,
}

impl<'ast> Visit<'ast> for References<'_> {
    fn visit_item_mod(&mut self, item: &'ast ItemMod) {
        self.here.push(item.ident.to_string());
        visit::visit_item_mod(self, item);
        self.here.pop();
    }

    fn visit_item_use(&mut self, _: &'ast ItemUse) {}

    fn visit_attribute(&mut self, _: &'ast Attribute) {}

    fn visit_visibility(&mut self, _: &'ast Visibility) {}

    fn visit_path(&mut self, path: &'ast syn::Path) {
        if path.leading_colon.is_none() {
            let segments = path.segments.iter().map(|segment| segment.ident.to_string());
            self.refer(&segments.collect::<Vec<_>>());
        }
        visit::visit_path(self, path);
    }

    fn visit_macro(&mut self, invoked: &'ast Macro) {
        self.visit_path(&invoked.path);
        self.tokens(invoked.tokens.clone());
    }
}

impl References<'_> {
    /// Follows what is imported. A name may be imported by way of another, so that the names are gone through until
    /// none is new.
    fn import(&mut self, paths: Vec<(Module, Vec<String>, String)>) {
        let file = std::mem::take(&mut self.here);
        let mut known = usize::MAX;
        while self.aliases.len() != known {
            known = self.aliases.len();
            for (here, path, local) in &paths {
                self.here.clone_from(here);
                let Some(whole) = self.resolve(path) else { continue };
                self.add(&whole);
                if self.modules.contains(&whole) && !local.is_empty() {
                    self.aliases.insert(local.clone(), whole);
                }
            }
        }
        self.here = file;
    }

    fn refer(&mut self, path: &[String]) {
        // One name alone is an item or a variable, not something in a module.
        if path.len() > 1
            && let Some(whole) = self.resolve(path)
        {
            self.add(&whole);
        }
    }

    fn add(&mut self, whole: &[String]) {
        let file = (0..=whole.len()).rev().map(|length| &whole[..length]);
        let target = file.map(<[String]>::to_vec).find(|path| self.modules.contains(path));
        if let Some(target) = target.filter(|target| target != self.module) {
            self.found.insert(target);
        }
    }

    /// The path from the root of the crate; `None` where it leads out of the crate, or is relative to a type.
    fn resolve(&self, path: &[String]) -> Option<Vec<String>> {
        let (first, mut rest) = path.split_first()?;
        let mut base = match first.as_str() {
            "crate" => Vec::new(),
            "self" => self.here.clone(),
            "super" => {
                let mut base = self.here.clone();
                base.pop();
                while let Some((name, others)) = rest.split_first()
                    && name == "super"
                {
                    base.pop();
                    rest = others;
                }
                base
            }
            name => {
                let child = [&self.here[..], &[name.to_owned()]].concat();
                let alias = || self.aliases.get(name).cloned();
                Some(child).filter(|child| self.modules.contains(child)).or_else(alias)?
            }
        };
        base.extend_from_slice(rest);
        Some(base)
    }

    /// The paths among tokens: names with `::` between them.
    fn tokens(&mut self, tokens: TokenStream) {
        let mut path: Vec<String> = Vec::new();
        let mut colons = 0;
        for token in tokens {
            match token {
                TokenTree::Punct(punct) if punct.as_char() == ':' => colons += 1,
                TokenTree::Ident(name) => {
                    if colons != 2 {
                        self.refer(&std::mem::take(&mut path));
                    }
                    path.push(name.to_string());
                    colons = 0;
                }
                other => {
                    self.refer(&std::mem::take(&mut path));
                    colons = 0;
                    if let TokenTree::Group(group) = other {
                        self.tokens(group.stream());
                    }
                }
            }
        }
        self.refer(&path);
    }
}
