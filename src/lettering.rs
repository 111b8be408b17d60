//! What plans and reports have in common of what people read: names and durations cut short, and text in pictures.

use core::time::Duration;

/// How many letters of a name are shown.
const LONGEST: usize = 44;

/// A name, cut in the middle if it is long: the ends tell names of generic types apart.
pub(crate) fn shortened(name: &str) -> String {
    let letters: Vec<char> = name.chars().collect();
    if letters.len() <= LONGEST {
        return name.to_owned();
    }
    let half = LONGEST / 2;
    let (start, end) = (&letters[..half], &letters[letters.len() - half + 1..]);
    start.iter().chain(&['…']).chain(end).collect()
}

/// A duration with three digits, in the unit that suits it.
pub(crate) fn short(duration: Duration) -> String {
    let nanos = duration.as_nanos();
    let (value, unit) = match nanos {
        0 => return "0".to_owned(),
        1..1_000 => return format!("{nanos} ns"),
        1_000..1_000_000 => (nanos as f64 / 1e3, "µs"),
        1_000_000..1_000_000_000 => (nanos as f64 / 1e6, "ms"),
        _ => (duration.as_secs_f64(), "s"),
    };
    let digits = if value < 9.995 { 2 } else { usize::from(value < 99.95) };
    format!("{value:.digits$} {unit}")
}

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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_have_three_digits() {
        let told = [0, 999, 1_500, 99_960, 12_345_678, 1_500_000_000, 600_000_000_000];
        let told = told.map(|nanos| short(Duration::from_nanos(nanos)));
        assert_eq!(told, ["0", "999 ns", "1.50 µs", "100 µs", "12.3 ms", "1.50 s", "600 s"]);
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
