//! Holds the layers that ARCHITECTURE.md draws: which room of `src` may import which, and that no
//! files import each other in a circle.
//!
//! A path is followed through re-exports to the file that defines the item, so a `mod.rs` that only
//! declares and shows is no import of its own. Test modules may import what they like.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "in a test a panic is a failure"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use syn::spanned::Spanned;
use syn::visit::Visit;

/// Each room of `src`, and the rooms that it may import; from the ground up.
const ROOMS: [(&str, &[&str]); 9] = [
    ("domain", &[]),
    ("browser", &["domain"]),
    ("leaflet", &["domain", "browser"]),
    ("host", &["domain", "browser", "leaflet"]),
    ("api", &["domain", "browser"]),
    ("state", &["domain", "browser", "leaflet", "host", "api"]),
    (
        "page",
        &["domain", "browser", "leaflet", "host", "api", "state"],
    ),
    ("gallery", &["domain", "browser", "host", "page"]),
    ("element", &["leaflet", "host", "state", "page", "gallery"]),
];
/// The crates that the domain may use: it knows no browser and no signals.
const DOMAIN_CRATES: [&str; 9] = [
    "std",
    "core",
    "chrono",
    "serde",
    "serde_json",
    "foldhash",
    "form_urlencoded",
    "percent_encoding",
    "utoipa",
];
/// The rooms that may hold views.
const ROOMS_WITH_VIEWS: [&str; 3] = ["page", "gallery", "element"];

type ModulePath = Vec<String>;

/// What one file says.
struct Module {
    file: PathBuf,
    /// Names that it re-exports or imports, with the paths that they stand for.
    names: BTreeMap<String, ModulePath>,
    /// All paths that it mentions, with their lines.
    mentions: Vec<(ModulePath, usize)>,
    /// The modules that are there for tests alone.
    test_modules: Vec<String>,
    /// The lines in which something is only allowed where there are views.
    views: Vec<usize>,
}

/// An import of one file by another.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Import {
    from: ModulePath,
    to: ModulePath,
    line: usize,
}

struct House(BTreeMap<ModulePath, Module>);

impl House {
    fn read() -> Self {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let mut files = Vec::new();
        collect(&root.join("src"), &mut files);
        let modules = files.into_iter().map(|file| {
            let text = fs::read_to_string(&file).unwrap();
            let file = file.strip_prefix(root).unwrap().to_owned();
            (module_path(&file), Module::read(file, &text))
        });
        let mut modules: BTreeMap<_, _> = modules.collect();
        let for_tests: Vec<ModulePath> = modules
            .iter()
            .flat_map(|(path, module)| {
                let child = |name: &String| [path.as_slice(), std::slice::from_ref(name)].concat();
                module.test_modules.iter().map(child).collect::<Vec<_>>()
            })
            .collect();
        modules.retain(|path, _| !for_tests.contains(path));
        Self(modules)
    }

    /// The module whose file defines what a path leads to; `None`: it is another crate's.
    fn resolve(&self, from: &ModulePath, path: &[String], depth: usize) -> Option<ModulePath> {
        assert!(depth < 20, "{path:?} in {from:?} leads in a circle");
        let (first, mut rest) = path.split_first()?;
        let mut at = match first.as_str() {
            "crate" => Vec::new(),
            "self" => from.clone(),
            "super" => from[..from.len() - 1].to_vec(),
            _ if self.child(from, first).is_some() => {
                rest = path;
                from.clone()
            }
            _ => return None,
        };
        while let Some((name, after)) = rest.split_first() {
            if name == "super" {
                at.pop();
            } else if let Some(child) = self.child(&at, name) {
                at = child;
            } else {
                let shown = self.0.get(&at).and_then(|module| module.names.get(name));
                return match shown {
                    Some(path) => self.resolve(&at, path, depth + 1).or(Some(at)),
                    None => Some(at),
                };
            }
            rest = after;
        }
        Some(at)
    }

    fn child(&self, module: &ModulePath, name: &str) -> Option<ModulePath> {
        let mut child = module.clone();
        child.push(name.to_owned());
        self.0.contains_key(&child).then_some(child)
    }

    fn imports(&self) -> BTreeSet<Import> {
        let of_module = |(from, module): (&ModulePath, &Module)| {
            let import = |(path, line): &(ModulePath, usize)| {
                let to = self.resolve(from, path, 0).filter(|to| to != from)?;
                let (from, line) = (from.clone(), *line);
                Some(Import { from, to, line })
            };
            module
                .mentions
                .iter()
                .filter_map(import)
                .collect::<Vec<_>>()
        };
        self.0.iter().flat_map(of_module).collect()
    }

    fn place(&self, module: &ModulePath, line: usize) -> String {
        format!("{}:{line}", self.0[module].file.display())
    }

    /// The imports that close circles of files.
    fn circles(&self) -> Vec<String> {
        let imports = self.imports();
        let mut reach: BTreeMap<&ModulePath, BTreeSet<&ModulePath>> = BTreeMap::new();
        for module in self.0.keys() {
            let mut seen = BTreeSet::new();
            let mut open = vec![module];
            while let Some(at) = open.pop() {
                for import in imports.iter().filter(|import| import.from == *at) {
                    if seen.insert(&import.to) {
                        open.push(&import.to);
                    }
                }
            }
            reach.insert(module, seen);
        }
        imports
            .iter()
            .filter(|import| reach[&import.to].contains(&import.from))
            .map(|import| {
                let to = self.0[&import.to].file.display();
                format!("{} imports {to}", self.place(&import.from, import.line))
            })
            .collect()
    }
}

impl Module {
    fn read(file: PathBuf, text: &str) -> Self {
        let syntax = syn::parse_file(text).unwrap();
        let mut module = Self {
            file,
            names: BTreeMap::new(),
            mentions: Vec::new(),
            test_modules: Vec::new(),
            views: Vec::new(),
        };
        module.visit_file(&syntax);
        module
    }

    fn read_use(&mut self, tree: &syn::UseTree, path: &mut ModulePath) {
        match tree {
            syn::UseTree::Path(part) => {
                path.push(part.ident.to_string());
                self.read_use(&part.tree, path);
                path.pop();
            }
            syn::UseTree::Group(group) => {
                for tree in &group.items {
                    self.read_use(tree, path);
                }
            }
            syn::UseTree::Name(name) => self.add_use(path, &name.ident, &name.ident),
            syn::UseTree::Rename(name) => self.add_use(path, &name.ident, &name.rename),
            syn::UseTree::Glob(glob) => {
                self.mentions.push((path.clone(), glob.span().start().line));
            }
        }
    }

    fn add_use(&mut self, path: &ModulePath, name: &syn::Ident, local_name: &syn::Ident) {
        let mut path = path.clone();
        if name != "self" {
            path.push(name.to_string());
        }
        let line = name.span().start().line;
        self.names.insert(local_name.to_string(), path.clone());
        self.mentions.push((path, line));
    }
}

impl<'ast> Visit<'ast> for Module {
    fn visit_item_use(&mut self, item: &'ast syn::ItemUse) {
        self.read_use(&item.tree, &mut Vec::new());
    }

    fn visit_item_mod(&mut self, item: &'ast syn::ItemMod) {
        if is_for_tests(&item.attrs) {
            self.test_modules.push(item.ident.to_string());
        } else {
            if item.content.is_some() {
                self.names
                    .insert(item.ident.to_string(), vec!["self".to_owned()]);
            }
            syn::visit::visit_item_mod(self, item);
        }
    }

    fn visit_path(&mut self, path: &'ast syn::Path) {
        let line = path.span().start().line;
        let path_names: ModulePath = path
            .segments
            .iter()
            .map(|segment| segment.ident.to_string())
            .collect();
        if path_names.len() > 1 {
            self.mentions.push((path_names, line));
        }
        syn::visit::visit_path(self, path);
    }

    /// `pub(in crate::domain)` is no import.
    fn visit_visibility(&mut self, _: &'ast syn::Visibility) {}

    fn visit_attribute(&mut self, attribute: &'ast syn::Attribute) {
        if attribute.path().is_ident("component") {
            self.views.push(attribute.span().start().line);
        }
    }

    fn visit_macro(&mut self, call: &'ast syn::Macro) {
        if call.path.is_ident("view") {
            self.views.push(call.span().start().line);
        }
        self.visit_path(&call.path);
        self.read_tokens(call.tokens.clone());
    }
}

impl Module {
    /// Macros hold paths, too: `view! { <super::icons::Icon … /> }`.
    fn read_tokens(&mut self, tokens: proc_macro2::TokenStream) {
        let mut path: ModulePath = Vec::new();
        let mut line = 0;
        let mut colons = 0;
        let end = |module: &mut Self, path: &mut ModulePath, line: usize| {
            if path.len() > 1 {
                module.mentions.push((std::mem::take(path), line));
            }
            path.clear();
        };
        for token in tokens {
            match token {
                proc_macro2::TokenTree::Ident(name) => {
                    if colons != 2 {
                        end(self, &mut path, line);
                        line = name.span().start().line;
                    }
                    path.push(name.to_string());
                    colons = 0;
                }
                proc_macro2::TokenTree::Punct(mark) if mark.as_char() == ':' => colons += 1,
                other => {
                    end(self, &mut path, line);
                    colons = 0;
                    if let proc_macro2::TokenTree::Group(group) = other {
                        self.read_tokens(group.stream());
                    }
                }
            }
        }
        end(self, &mut path, line);
    }
}

fn is_for_tests(attributes: &[syn::Attribute]) -> bool {
    attributes.iter().any(|attribute| {
        attribute.path().is_ident("cfg")
            && attribute
                .parse_args::<syn::Ident>()
                .is_ok_and(|name| name == "test")
    })
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, files);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
}

/// `src/page/list/row.rs` is `page::list::row`; a `mod.rs` is its folder.
fn module_path(file: &Path) -> ModulePath {
    let mut path: ModulePath = file
        .with_extension("")
        .iter()
        .skip(1)
        .map(|part| part.to_str().unwrap().to_owned())
        .collect();
    if matches!(path.last().map(String::as_str), Some("mod" | "lib")) {
        path.pop();
    }
    path
}

fn none(faults: &[String]) {
    assert!(faults.is_empty(), "\n{}\n", faults.join("\n"));
}

#[test]
fn each_room_imports_only_rooms_below_it() {
    let house = House::read();
    let allowed = BTreeMap::from(ROOMS);
    let faults: Vec<_> = house
        .imports()
        .into_iter()
        .filter_map(|import| {
            let from = import.from.first()?;
            let to = import.to.first().map_or("lib", String::as_str);
            let rooms = allowed.get(from.as_str());
            let is_allowed = rooms.is_some_and(|rooms| from == to || rooms.contains(&to));
            let place = house.place(&import.from, import.line);
            (!is_allowed).then(|| format!("{place}: {from} must not import {to}"))
        })
        .collect();
    none(&faults);
}

#[test]
fn no_files_import_each_other_in_a_circle() {
    none(&House::read().circles());
}

#[test]
fn the_domain_knows_no_browser_and_no_signals() {
    let house = House::read();
    let mut faults = Vec::new();
    for (path, module) in &house.0 {
        if path.first().map(String::as_str) != Some("domain") {
            continue;
        }
        for (mention, line) in &module.mentions {
            let name = mention[0].as_str();
            let is_crate = name.starts_with(|c: char| c.is_ascii_lowercase())
                && !["crate", "self", "super"].contains(&name)
                && house.child(path, name).is_none()
                && !module.names.contains_key(name)
                && !is_primitive(name);
            if is_crate && !DOMAIN_CRATES.contains(&name) {
                let place = house.place(path, *line);
                faults.push(format!("{place}: the domain must not use {name}"));
            }
        }
    }
    none(&faults);
}

fn is_primitive(name: &str) -> bool {
    [
        "f32", "f64", "u8", "u16", "u32", "u64", "usize", "i32", "i64", "char", "str", "bool",
    ]
    .contains(&name)
}

#[test]
fn views_stand_in_the_page_and_above_alone() {
    let house = House::read();
    let mut faults = Vec::new();
    for (path, module) in &house.0 {
        let room = path.first().map_or("lib", String::as_str);
        if ROOMS_WITH_VIEWS.contains(&room) {
            continue;
        }
        let html = module.mentions.iter().filter_map(|(mention, line)| {
            let is_html = mention.starts_with(&["leptos".to_owned(), "html".to_owned()]);
            is_html.then_some(line)
        });
        for line in module.views.iter().chain(html) {
            let place = house.place(path, *line);
            faults.push(format!("{place}: {room} must not hold views"));
        }
    }
    none(&faults);
}
