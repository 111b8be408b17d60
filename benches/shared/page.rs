//! The sections of `docs/measurements.md`, which the benches write.
//!
//! A bench prints its section. With the argument `--write` it also puts the section into the page,
//! in place of the one under the same heading, and leaves the rest of the page alone.

use std::fmt::Display;
use std::path::Path;
use std::process::{self, Command};
use std::{env, fs, thread};

/// The page, in the folder of the repository.
const PAGE: &str = "docs/measurements.md";
const REPOSITORY: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/..");

/// A section: a heading, the circumstances, then tables. Each line is printed at once.
#[derive(Debug)]
pub struct Section {
    /// The lines so far, from the words of the heading on.
    text: String,
}

impl Section {
    /// Begins a section. The command starts the bench; the arguments of this run are added to it.
    pub fn new(heading: &str, command: &str) -> Section {
        println!("\n## {heading}");
        let mut section = Section { text: format!("{heading}\n") };
        section.paragraph(&circumstances(command));
        section
    }

    /// Adds a paragraph: the legend of a table.
    pub fn paragraph(&mut self, text: &str) {
        self.line("");
        self.line(text);
    }

    /// Begins a table. All columns but the first are numbers.
    pub fn table<C: Display>(&mut self, first: &str, columns: impl IntoIterator<Item = C>) {
        let columns: Vec<C> = columns.into_iter().collect();
        let alignments = "--:|".repeat(columns.len());
        self.line("");
        self.row(first, columns);
        self.line(&format!("|---|{alignments}"));
    }

    /// Adds a row to the table.
    pub fn row<C: Display>(&mut self, first: impl Display, cells: impl IntoIterator<Item = C>) {
        let cells: String = cells.into_iter().map(|cell| format!(" {cell} |")).collect();
        self.line(&format!("| {first} |{cells}"));
    }

    /// Puts the section into the page, if the bench was started with `--write`. Ends the program
    /// with an error if that fails.
    pub fn finish(self) {
        if !argument("--write") {
            return;
        }
        match write(&Path::new(REPOSITORY).join(PAGE), &self.text) {
            Ok(()) => eprintln!("{PAGE} has this section now"),
            Err(error) => fail(&error),
        }
    }

    fn line(&mut self, line: &str) {
        println!("{line}");
        self.text.push_str(line);
        self.text.push('\n');
    }
}

/// Whether the bench was started with this argument.
pub fn argument(name: &str) -> bool {
    env::args().skip(1).any(|argument| argument == name)
}

/// Ends the bench with an error if it was started with an argument that is not among these. cargo
/// adds `--bench`.
pub fn only_arguments(known: &[&str]) {
    if let Some(unknown) = arguments().find(|argument| !known.contains(&argument.as_str())) {
        fail(&format!("there is no argument `{unknown}`, only {}", known.join(", ")));
    }
}

/// The arguments, without the one that cargo adds.
fn arguments() -> impl Iterator<Item = String> {
    env::args().skip(1).filter(|argument| argument != "--bench")
}

fn fail(error: &str) -> ! {
    eprintln!("error: {error}");
    process::exit(1)
}

/// Replaces a section of the page in a file.
fn write(page: &Path, section: &str) -> Result<(), String> {
    let name = page.display();
    let text = fs::read_to_string(page).map_err(|error| format!("{name} cannot be read: {error}"))?;
    fs::write(page, replaced(&text, section)).map_err(|error| format!("{name} cannot be written: {error}"))
}

/// The page with the section in place of the one under the same heading, or else at the end.
fn replaced(page: &str, section: &str) -> String {
    let mut parts: Vec<&str> = page.split("\n## ").map(str::trim_end).collect();
    let heading = section.lines().next();
    // The first part is the head of the page.
    match parts.iter_mut().skip(1).find(|part| part.lines().next() == heading) {
        Some(part) => *part = section.trim_end(),
        None => parts.push(section.trim_end()),
    }
    parts.join("\n\n## ") + "\n"
}

/// The day, the commit, the machine, the compiler and the command.
fn circumstances(command: &str) -> String {
    let day = jiff::Timestamp::now().strftime("%F");
    let commit = output("git", &["rev-parse", "--short", "HEAD"]).unwrap_or("unknown commit".into());
    // The page itself does not count: several benches write it, one after the other.
    let others = output("git", &["status", "--porcelain", "--", ".", &format!(":!{PAGE}")]);
    let dirty = if others.is_some_and(|others| !others.is_empty()) { "+" } else { "" };
    let processors = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = processors.lines().find_map(|line| line.strip_prefix("model name")?.split_once(": "));
    let model = model.map_or("unknown processor", |(_, model)| model);
    let cores = thread::available_parallelism().map_or("?".into(), |cores| cores.to_string());
    let rustc = output("rustc", &["--version"]).unwrap_or_default();
    let rustc = rustc.split(" (").next().unwrap_or_default();
    let arguments: Vec<String> = arguments().collect();
    let separator = if arguments.is_empty() { "" } else { " -- " };
    let arguments = arguments.join(" ");
    format!("{day} · {commit}{dirty} · {model}, {cores} cores\n· {rustc} · `{command}{separator}{arguments}`")
}

/// The output of a program that is run in the repository, or nothing if it fails.
fn output(program: &str, arguments: &[&str]) -> Option<String> {
    let output = Command::new(program).args(arguments).current_dir(REPOSITORY).output().ok()?;
    let text = output.status.success().then_some(output.stdout)?;
    Some(String::from_utf8_lossy(&text).trim().into())
}

#[cfg(test)]
mod tests {
    use super::{replaced, write};
    use std::path::Path;

    const PAGE: &str = "# Page\n\nHead.\n\n## One\n\nold\n\n### Part\n\n## One more\n\nkept\n";

    #[test]
    fn a_section_replaces_the_one_under_its_heading() {
        assert_eq!(replaced(PAGE, "One\n\nnew\n"), "# Page\n\nHead.\n\n## One\n\nnew\n\n## One more\n\nkept\n");
        assert_eq!(
            replaced(PAGE, "One more\n\nnew\n"),
            "# Page\n\nHead.\n\n## One\n\nold\n\n### Part\n\n## One more\n\nnew\n"
        );
    }

    #[test]
    fn a_section_replaces_itself() {
        assert_eq!(replaced(PAGE, "One more\n\nkept\n"), PAGE);
    }

    #[test]
    fn a_new_section_goes_to_the_end() {
        assert_eq!(replaced(PAGE, "Two\n\nnew\n"), format!("{PAGE}\n## Two\n\nnew\n"));
        assert_eq!(replaced("Head\n", "Head\n\nnew\n"), "Head\n\n## Head\n\nnew\n");
    }

    #[test]
    fn a_missing_page_is_an_error_and_stays_missing() {
        let page = Path::new("no/such/page.md");
        let error = write(page, "One\n\nnew\n").unwrap_err();
        assert!(error.starts_with("no/such/page.md cannot be read: "), "{error}");
        assert!(!page.exists());
    }
}
