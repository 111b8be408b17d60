//! Text in pictures.

use pulldown_cmark_escape::{FmtWriter, escape_html};
use typed_pipeliner::text::one_line;
use unicode_width::UnicodeWidthStr;

/// The approximate width of a text in a wide sans-serif font.
pub(crate) fn width_of(text: &str, font_size: f64) -> f64 {
    0.62 * font_size * text.width() as f64
}

/// Text for XML.
pub(crate) fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    escape_html(FmtWriter(&mut escaped), &one_line(text)).expect("writing to a string does not fail");
    escaped
}
