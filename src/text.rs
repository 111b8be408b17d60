//! Text of others in output for people: the names of steps and resources, and the texts of errors.
//!
//! An error often quotes what came from elsewhere, and a terminal obeys the escape sequences in it.
//! These functions are for observers that write to a terminal, a page or a picture. The plan uses
//! them, and so do the crates that are observers.

use std::borrow::Cow;

/// The number of characters of a name that [`shortened`] keeps.
const LONGEST: usize = 44;

/// Returns a text without power over a terminal or a page: control characters are escaped, except
/// for line breaks and tabs. So are the characters that change the direction of text, those that
/// separate lines and paragraphs, and those that XML cannot contain.
///
/// ```
/// use typed_pipeliner::text::printable;
///
/// assert_eq!(printable("page 7:\n\tnot found"), "page 7:\n\tnot found");
/// assert_eq!(printable("404\x1b[2J\rall is well"), r"404\u{1b}[2J\rall is well");
/// ```
pub fn printable(text: &str) -> Cow<'_, str> {
    if !text.contains(is_hidden) {
        return Cow::Borrowed(text);
    }
    let mut printable = String::with_capacity(text.len() + 16);
    for letter in text.chars() {
        match is_hidden(letter) {
            true => printable.extend(letter.escape_default()),
            false => printable.push(letter),
        }
    }
    Cow::Owned(printable)
}

/// Returns a [`printable`] text in one line: its line breaks and tabs are spaces.
///
/// ```
/// use typed_pipeliner::text::one_line;
///
/// assert_eq!(one_line("Load<Table<Game>>"), "Load<Table<Game>>");
/// assert_eq!(one_line("Load\n3 of 3 steps ran"), "Load 3 of 3 steps ran");
/// ```
pub fn one_line(text: &str) -> Cow<'_, str> {
    match printable(text) {
        text if text.contains(['\n', '\t']) => Cow::Owned(text.replace(['\n', '\t'], " ")),
        text => text,
    }
}

/// Returns a name in [one line](one_line), shortened in the middle if it is long, because both ends
/// of the name of a generic type matter.
///
/// ```
/// use typed_pipeliner::text::shortened;
///
/// assert_eq!(shortened("Load<Table<Game>>"), "Load<Table<Game>>");
/// let name = shortened("ReadTheWholeHistoryOf<Table<PlayerOfTheFirstLeague>>");
/// assert_eq!(name, "ReadTheWholeHistoryOf<…yerOfTheFirstLeague>>");
/// ```
pub fn shortened(name: &str) -> Cow<'_, str> {
    let name = one_line(name);
    let letters = name.chars().count();
    if letters <= LONGEST {
        return name;
    }
    let half = LONGEST / 2;
    let end = name.chars().skip(letters - half + 1);
    Cow::Owned(name.chars().take(half).chain(['…']).chain(end).collect())
}

/// Whether a reader does not see a character, but a program obeys it.
fn is_hidden(letter: char) -> bool {
    letter.is_control() && !matches!(letter, '\n' | '\t')
        || matches!(letter, '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{fffe}' | '\u{ffff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_control_character_is_escaped() {
        let escaped = |letter: char| printable(&letter.to_string()) != letter.to_string();
        let of = |range: std::ops::RangeInclusive<char>| range.filter(|&letter| escaped(letter)).collect::<Vec<_>>();
        assert_eq!(of('\0'..='\u{1f}').len(), 30, "all but the line break and the tab");
        assert_eq!(of('\u{7f}'..='\u{9f}').len(), 33);
        assert_eq!(of('\u{2020}'..='\u{2070}').len(), 7 + 4, "directions of text, separators of lines");
        assert!(!"aé漢‰🦀&<\"".chars().any(escaped));
        assert!(matches!(printable("Divide"), Cow::Borrowed(_)));
    }

    #[test]
    fn long_names_keep_both_ends() {
        let long = format!("Start{}End", "x".repeat(60));
        let short = shortened(&long);
        assert_eq!(short.chars().count(), LONGEST);
        assert!(short.starts_with("Start") && short.ends_with("End") && short.contains('…'));
        assert_eq!(shortened(&long[..LONGEST]), &long[..LONGEST]);
    }
}
