//! The layers of the library, as `docs/architecture.md` draws them. A use that is not listed here
//! fails the test.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// Each layer with those that its modules may use besides their own.
///
/// The knot is the only circle: a step, a pipeline and a store have lists, each list is bounded by
/// its half of the proof and lowered to data, and the proof is about these lists.
const ARROWS: &[(&str, &[&str])] = &[
    ("vocabulary", &[]),
    ("exec", &["vocabulary"]),
    ("proof", &["vocabulary", "knot"]),
    ("knot", &["vocabulary", "proof", "exec", "lower"]),
    ("lower", &["vocabulary", "knot", "proof", "exec"]),
    ("store", &["vocabulary", "knot", "proof", "exec", "lower"]),
    ("run", &["vocabulary", "knot", "proof", "exec", "lower", "store"]),
    ("top", &["vocabulary", "knot", "proof", "exec", "lower", "store", "run"]),
];

/// The layer of a module, by its path: `store::supplied`.
fn layer(module: &str) -> &'static str {
    let (first, second) = module.split_once("::").unwrap_or((module, ""));
    match (first, second.split("::").next().unwrap_or_default()) {
        (
            "closing" | "drops" | "error" | "hlist" | "observe" | "options" | "retry" | "sealed" | "text" | "timer"
            | "tuple",
            _,
        )
        | (
            "journal",
            "entries" | "error" | "files" | "handle" | "memory" | "open_error" | "print" | "prune" | "record" | "redb"
            | "run" | "shelf" | "state" | "worker",
        )
        | ("resource", "type_name") => "vocabulary",
        ("store", "any_store" | "parent" | "supplied") | ("pipelines" | "resource" | "steps", _) => "knot",
        ("exec", _) => "exec",
        ("lower", _) => "lower",
        ("proof", _) => "proof",
        ("run", _) => "run",
        ("store", _) => "store",
        ("__private" | "close" | "dyn_step" | "each" | "executor" | "journal" | "lists" | "plan" | "policy", _) => {
            "top"
        }
        _ => panic!("`{module}` is in no layer: add it to `tests/layers.rs` and to docs/architecture.md"),
    }
}

/// The files below a folder that are not compiled for tests alone.
fn files(folder: &Path, to: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("a folder of the library can be read") {
        let path = entry.expect("its entries can be read").path();
        let name = path.file_name().and_then(|name| name.to_str()).expect("names are UTF-8");
        match (path.is_dir(), name) {
            (
                _,
                "allocations.rs" | "kept.rs" | "long_chain.rs" | "model.rs" | "scale.rs" | "stress.rs" | "testing.rs"
                | "tests.rs",
            )
            | (true, "guide") => {}
            (true, _) => files(&path, to),
            (false, name) if name.ends_with(".rs") => to.push(path),
            (false, _) => {}
        }
    }
}

/// The modules that a file uses, as paths after `crate::`.
fn used(text: &str) -> BTreeSet<&str> {
    let code = text.split("#[cfg(test)]\nmod tests").next().unwrap_or_default();
    let lines = code.lines().map(str::trim_start).filter(|line| !line.starts_with("//"));
    let paths = lines.flat_map(|line| line.split("crate::").skip(1).filter(|_| !line.contains("$crate::")));
    let end = |path: &str| path.find(|letter: char| !letter.is_alphanumeric() && letter != '_' && letter != ':');
    let paths = paths.map(|path| path.split_at(end(path).unwrap_or(path.len())));
    // A macro is exported at the root.
    paths.filter(|(_, rest)| !rest.starts_with('!')).map(|(path, _)| path).collect()
}

#[test]
fn modules_use_only_the_layers_below() {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut sources = Vec::new();
    files(&src, &mut sources);
    assert!(sources.len() > 50, "the modules are found: {}", sources.len());

    let mut wrong = Vec::new();
    for file in &sources {
        let path = file.strip_prefix(&src).expect("it is below the folder").with_extension("");
        let module = path.to_str().expect("names are UTF-8").replace('/', "::");
        let module = module.trim_end_matches("::mod");
        if matches!(module, "lib" | "guide") {
            continue;
        }
        let (own, text) = (layer(module), fs::read_to_string(file).expect("a module can be read"));
        let (_, allowed) = ARROWS.iter().find(|(layer, _)| *layer == own).expect("each layer has its arrows");
        for path in used(&text) {
            if path.is_empty() || path.starts_with(char::is_uppercase) {
                wrong.push(format!("{module} uses `crate::{path}`: name the module, so that its layer shows"));
            } else if layer(path) != own && !allowed.contains(&layer(path)) {
                wrong.push(format!("{module} ({own}) uses crate::{path} ({})", layer(path)));
            }
        }
    }
    assert!(wrong.is_empty(), "arrows that point up:\n{}", wrong.join("\n"));
}

#[test]
fn root_exports_at_most_35_names() {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let root = fs::read_to_string(src.join("lib.rs")).expect("the root can be read");
    let mut names = BTreeSet::new();
    let mut hidden = false;
    for line in root.lines() {
        if let Some(list) = line.strip_prefix("pub use ").filter(|_| !hidden) {
            let list = list.trim_end_matches(';').rsplit("::").next().unwrap_or_default();
            names.extend(list.trim_matches(['{', '}']).split(", ").map(str::to_owned));
        }
        hidden = line.contains("doc(hidden)") || (hidden && line.starts_with("#["));
    }
    for file in ["hlist.rs", "resource/macros.rs"] {
        let text = fs::read_to_string(src.join(file)).expect("the macros can be read");
        let exported = text.lines().filter_map(|line| line.strip_prefix("macro_rules! "));
        let exported = exported.map(|line| line.trim_end_matches(" {").to_owned());
        names.extend(exported.filter(|name| !name.starts_with("__")));
    }
    assert!(names.contains("Store") && names.contains("resource"), "the names are found: {names:?}");
    assert!(names.len() <= 35, "{} names at the root: {names:?}", names.len());
}

/// Without a feature, rustc reports for an import of its items that they are behind the feature. If
/// there is a private module of that name, it only reports that the module is private.
#[test]
fn no_private_module_has_the_name_of_an_exported_item() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/lib.rs");
    let root = fs::read_to_string(root).expect("the root can be read");
    let private = root.lines().filter_map(|line| line.strip_prefix("mod ")?.strip_suffix(';'));
    let exported: BTreeSet<_> =
        root.lines().filter_map(|line| line.strip_prefix("pub use typed_pipeliner_macros::")).collect();
    assert!(exported.contains("step;"), "the exports are found: {exported:?}");
    let both: Vec<_> = private.filter(|name| exported.contains(&*format!("{name};"))).collect();
    assert!(both.is_empty(), "rename these modules: {both:?}");
}

/// On wasm32-unknown-unknown the clock of std panics.
#[test]
fn the_library_and_its_portable_observers_read_no_clock_of_std() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut sources = Vec::new();
    for folder in ["src", "crates/metrics/src", "crates/report/src", "crates/tracing/src"] {
        files(&root.join(folder), &mut sources);
    }
    let mut wrong = Vec::new();
    // Tests run on the machine of the developer. A journal needs a thread, so it does not work
    // there.
    let is_elsewhere = |file: &&PathBuf| file.ends_with("stress.rs") || file.ends_with("tests.rs");
    let is_journal = |file: &&PathBuf| file.parent().is_some_and(|folder| folder.ends_with("src/journal"));
    for file in sources.iter().filter(|file| !is_elsewhere(file) && !is_journal(file)) {
        let text = fs::read_to_string(file).expect("a module can be read");
        for line in text.lines().filter(|line| !line.trim_start().starts_with("//")) {
            if line.contains("std::time::") && (line.contains("Instant") || line.contains("SystemTime")) {
                wrong.push(format!("{}: {line}", file.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "use `observe::Instant`:\n{}", wrong.join("\n"));
}
