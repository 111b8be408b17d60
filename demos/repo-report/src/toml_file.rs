//! Reads a TOML file that may be missing.

use smol::fs;
use std::io;
use std::path::{Path, PathBuf};

/// The reason why an existing file cannot be used.
#[derive(Debug, thiserror::Error)]
pub(crate) enum TomlError {
    #[error("cannot read `{}`", path.display())]
    Unreadable { path: PathBuf, source: io::Error },
    #[error("`{}` is broken{place}: {message}", path.display())]
    Broken { path: PathBuf, place: String, message: String },
    #[error("`{}` is broken: it has no {what}", path.display())]
    Lacking { path: PathBuf, what: &'static str },
}

impl TomlError {
    /// The error of a file with the given contents, with the place by line and column.
    pub(crate) fn broken(path: &Path, text: &str, error: &toml::de::Error) -> Self {
        let place = error.span().and_then(|span| text.get(..span.start)).map_or_else(String::new, |before| {
            let line = before.matches('\n').count() + 1;
            let column = before.chars().rev().take_while(|&c| c != '\n').count() + 1;
            format!(" at line {line}, column {column}")
        });
        TomlError::Broken { path: path.to_owned(), place, message: error.message().to_owned() }
    }
}

/// Returns the contents of a file, or `None` if there is no such file.
pub(crate) async fn read(path: &Path) -> Result<Option<String>, TomlError> {
    match fs::read_to_string(path).await {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(source) => Err(TomlError::Unreadable { path: path.to_owned(), source }),
    }
}
