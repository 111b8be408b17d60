//! Lists the passing cases as modules, so that a new case needs no line anywhere. Others are the
//! failing cases to which the advice of their errors was applied.

use std::path::{Path, PathBuf};
use std::{env, fs, io};

fn main() -> io::Result<()> {
    println!("cargo::rerun-if-changed=pass");
    println!("cargo::rerun-if-changed=fail");
    let root = env::current_dir()?;
    let out = PathBuf::from(env::var_os("OUT_DIR").expect("cargo sets it for build scripts"));
    let mut modules = String::new();
    for (name, path) in files(&root.join("pass"), "rs")? {
        modules += &format!("#[path = {path:?}]\nmod {name};\n");
    }
    fs::write(out.join("pass.rs"), modules)?;

    let (mut modules, mut count) = (String::new(), 0);
    for (name, path) in files(&root.join("fail"), "rs")? {
        if let Some(program) = advised(&path)? {
            let path = out.join(format!("{name}.rs"));
            fs::write(&path, program)?;
            modules += &format!("#[path = {path:?}]\nmod {name};\n");
            count += 1;
        }
    }
    modules += &format!("/// The number of programs.\nconst COUNT: usize = {count};\n");

    let mut count = 0;
    for (name, path) in files(&root.join("fail"), "rs")? {
        if let Some(program) = declared(&root, &path)? {
            let path = out.join(format!("declared_{name}.rs"));
            fs::write(&path, program)?;
            modules += &format!("#[path = {path:?}]\nmod declared_{name};\n");
            count += 1;
        }
    }
    modules += &format!("/// The number of programs with advised declarations.\nconst DECLARED: usize = {count};\n");
    fs::write(out.join("advised.rs"), modules)
}

/// Whether what follows is the type of a value: a primitive type, or one that the program declares.
fn is_value(rest: &str, program: &str) -> bool {
    let ty = rest.strip_suffix("; }").unwrap_or(rest);
    ty.starts_with(|first: char| first.is_ascii_lowercase() && !ty.contains('('))
        || program.contains(&format!("struct {ty}"))
}

/// The twin of a failing case, with the declarations that its errors advise: resources for values,
/// and the types of stores.
fn declared(root: &Path, case: &Path) -> io::Result<Option<String>> {
    let snapshot = fs::read_to_string(case.with_extension("stderr")).unwrap_or_default();
    let twin = root.join("pass").join(case.strip_prefix(root.join("fail")).expect("the case is in the folder"));
    let Ok(program) = fs::read_to_string(&twin) else { return Ok(None) };
    let notes = snapshot.lines().filter(|line| line.trim_start().starts_with("= note: "));
    let mut advice: Vec<&str> = notes.flat_map(|note| note.split('`').skip(1).step_by(2)).collect();
    advice.sort();
    advice.dedup();
    let mut added = String::new();
    for (number, code) in advice.iter().enumerate() {
        let declaration = match code {
            // The mistake may be another one than a value in place of a resource.
            _ if code.strip_prefix("resource! { Name: ").is_some_and(|rest| is_value(rest, &program)) => {
                format!("typed_pipeliner::{code}")
            }
            _ if code.starts_with("StoreOf<") => {
                let code = code.replace("HList!", "typed_pipeliner::HList!");
                format!("pub(crate) type Advised = typed_pipeliner::{code};")
            }
            _ => continue,
        };
        added += &format!("\nmod advised_{number} {{\n    use super::*;\n    {declaration}\n}}\n");
    }
    let folder = twin.parent().expect("a case is in a folder").display().to_string();
    let program = program.replace("#[path = \"", &format!("#[path = \"{folder}/"));
    Ok((!added.is_empty()).then(|| program + &added))
}

/// The files in a folder and below it, with names that begin with those of their folders.
fn files(folder: &Path, extension: &str) -> io::Result<Vec<(String, PathBuf)>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let name = path.file_stem().expect("an entry has a name").to_string_lossy().into_owned();
        if path.is_dir() {
            found.extend(files(&path, extension)?.into_iter().map(|(file, path)| (format!("{name}_{file}"), path)));
        } else if path.extension().is_some_and(|other| other == extension) {
            found.push((name, path));
        }
    }
    Ok(found)
}

/// A failing case with the line that its errors advise: `let store = store.supply::<R>(value);`. It
/// goes before the line of the error, where that uses a `store` of this name.
fn advised(case: &Path) -> io::Result<Option<String>> {
    let (source, snapshot) = (fs::read_to_string(case)?, case.with_extension("stderr"));
    // A new case has no snapshot yet.
    let errors = fs::read_to_string(snapshot).unwrap_or_default();
    let mut advice = Vec::new();
    let mut line = None;
    for text in errors.lines() {
        if let Some((_, place)) = text.split_once(".rs:").filter(|_| text.trim_start().starts_with("-->")) {
            line = place.split(':').next().and_then(|line| line.parse::<usize>().ok());
        }
        if let (Some(line), Some((_, rest))) = (line, text.split_once("`let store = store.supply::<")) {
            let resource = rest.split(">(value);`").next().expect("the advice ends");
            let added = (line, format!("    let store = store.supply::<{resource}>(todo!());"));
            advice.extend(Some(added).filter(|added| !advice.contains(added)));
        }
    }
    let lines: Vec<&str> = source.lines().collect();
    let first = advice.iter().map(|&(line, _)| line).min();
    let fits = |line: usize| {
        // A statement that consumes the store is the mistake of a case of its own.
        let before = &lines[..line - 1];
        let has_store = before.iter().any(|line| line.contains("let store = Store"));
        lines[line - 1].contains("store") && has_store && !before.iter().any(|line| line.contains(" store.with("))
    };
    let Some(first) = first.filter(|&line| fits(line)) else { return Ok(None) };
    let mut program: Vec<String> = lines.iter().map(|&line| line.to_owned()).collect();
    let mut resources: Vec<String> = advice.into_iter().map(|(_, advice)| advice).collect();
    resources.sort();
    resources.dedup();
    program.splice(first - 1..first - 1, resources);
    let folder = case.parent().expect("a case is in a folder").display().to_string();
    let program = program.join("\n").replace("#[path = \"", &format!("#[path = \"{folder}/"));
    // The advised resource may be one that the case itself does not name.
    Ok(Some(["calc", "scopes"].iter().fold(program, |program, module| {
        let declared = format!("mod {module};");
        program.replace(&declared, &format!("{declared}\nuse {module}::*;"))
    })))
}
