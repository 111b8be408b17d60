//! Text in pictures: how wide it is, and how it is written in SVG.

/// About how wide a text is, in a wide sans-serif.
pub(crate) fn width_of(text: &str, size: f64) -> f64 {
    let of = |letter: char| match letter {
        'i' | 'j' | 'l' | 'I' | '.' | ',' | ':' | ';' | '\'' | '|' | '!' => 0.32,
        'f' | 't' | 'r' | '(' | ')' | '[' | ']' | ' ' | '-' => 0.41,
        'm' | 'w' | 'M' | 'W' => 0.95,
        '<' | '>' | '…' => 0.9,
        'A'..='Z' => 0.72,
        // Wide scripts.
        '\u{1100}'.. => 1.05,
        _ => 0.62,
    };
    text.chars().map(of).sum::<f64>() * size
}

/// Text in XML, which has no control characters, not even escaped.
pub(crate) fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\u{fffe}' | '\u{ffff}' => escaped.push('\u{fffd}'),
            letter if letter.is_control() => escaped.push(' '),
            letter => escaped.push(letter),
        }
    }
    escaped
}
