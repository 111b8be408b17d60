//! Lists the passing cases as modules, so that a new case needs no line anywhere.

use std::path::Path;
use std::{env, fs, io};

fn main() -> io::Result<()> {
    println!("cargo::rerun-if-changed=pass");
    let mut modules = String::new();
    list(&env::current_dir()?.join("pass"), "", &mut modules)?;
    let folder = env::var_os("OUT_DIR").expect("cargo sets it for build scripts");
    fs::write(Path::new(&folder).join("pass.rs"), modules)
}

/// Adds a module for each file in a folder and below it. The name of a module begins with those of
/// its folders.
fn list(folder: &Path, prefix: &str, modules: &mut String) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let name = path.file_stem().expect("an entry has a name").to_string_lossy();
        if path.is_dir() {
            list(&path, &format!("{prefix}{name}_"), modules)?;
        } else {
            *modules += &format!("#[path = {path:?}]\nmod {prefix}{name};\n");
        }
    }
    Ok(())
}
