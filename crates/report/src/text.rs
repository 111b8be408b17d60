//! Text in tables and pictures.

use pulldown_cmark_escape::{FmtWriter, escape_html};
use unicode_width::UnicodeWidthStr;

/// The number of characters of a name that are shown.
const LONGEST: usize = 44;

/// A name, shortened in the middle if it is long: both ends of the name of a generic type matter.
pub(crate) fn shortened(name: &str) -> String {
    let characters: Vec<char> = name.chars().collect();
    if characters.len() <= LONGEST {
        return name.to_owned();
    }
    let half = LONGEST / 2;
    let (start, end) = (&characters[..half], &characters[characters.len() - half + 1..]);
    start.iter().chain(&['…']).chain(end).collect()
}

/// The approximate width of a text in a wide sans-serif font.
pub(crate) fn width_of(text: &str, font_size: f64) -> f64 {
    0.62 * font_size * text.width() as f64
}

/// Text for XML, which cannot contain control characters, not even escaped.
pub(crate) fn escaped(text: &str) -> String {
    let text = text.replace(|letter: char| letter.is_control() || matches!(letter, '\u{fffe}' | '\u{ffff}'), " ");
    let mut escaped = String::with_capacity(text.len());
    escape_html(FmtWriter(&mut escaped), &text).expect("writing to a string does not fail");
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_names_keep_both_ends() {
        let long = format!("Start{}End", "x".repeat(60));
        let short = shortened(&long);
        assert_eq!(short.chars().count(), LONGEST);
        assert!(short.starts_with("Start") && short.ends_with("End") && short.contains('…'));
        assert_eq!(shortened(&long[..LONGEST]), &long[..LONGEST]);
    }
}
