//! Names of files, for names of runs and entries, which are any text.
//!
//! A name of a file has a prefix, then the text, in which lower-case letters, digits, `-` and `_`
//! are as they are, and each other byte of UTF-8 is `%` with two digits, `%2F`. So two names differ
//! also on file systems that ignore case, and none is a path, is hidden, or is reserved by an
//! operating system.
//!
//! A text that takes more than 128 bytes is cut to 96, with a `+` and its hash of 64 bits, in base
//! 16, behind it. The true name is in the file.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use std::ffi::OsStr;

/// The longest encoded text. File systems take names of 255 bytes, those with encryption 143.
const LONGEST: usize = 128;

/// The length to which a longer one is cut.
const CUT: usize = 96;

/// The bytes that are encoded.
const ENCODED: &AsciiSet = &{
    let mut set = NON_ALPHANUMERIC.remove(b'-').remove(b'_');
    let mut letter = b'A';
    while letter <= b'Z' {
        set = set.add(letter);
        letter += 1;
    }
    set
};

/// The name of the file for a text.
pub(super) fn encode(prefix: &str, text: &str) -> String {
    let encoded = utf8_percent_encode(text, ENCODED).to_string();
    match encoded.len() <= LONGEST {
        true => format!("{prefix}{encoded}"),
        false => format!("{prefix}{}+{:016x}", &encoded[..CUT], hash(text)),
    }
}

/// The text for which a file has its name; `None` if that was cut, or is not of this kind.
pub(super) fn decode(prefix: &str, file: &OsStr) -> Option<String> {
    let encoded = file.to_str()?.strip_prefix(prefix)?;
    let text = percent_decode_str(encoded).decode_utf8().ok()?.into_owned();
    (encode(prefix, &text).strip_prefix(prefix) == Some(encoded)).then_some(text)
}

/// FNV-1a. Two texts with one hash are noticed, because the name is in the file.
fn hash(text: &str) -> u64 {
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: &str) {
        assert_eq!(encode("kept-", text), expected);
        assert_eq!(decode("kept-", OsStr::new(expected)).as_deref(), Some(text));
    }

    #[test]
    fn names_are_encoded_and_decoded() {
        check("", "kept-");
        check("fetch_2-a", "kept-fetch_2-a");
        check("app::Fetch", "kept-app%3A%3A%46etch");
        check("../x", "kept-%2E%2E%2Fx");
        check("C:\\nul\0", "kept-%43%3A%5Cnul%00");
        check("ä%41", "kept-%C3%A4%2541");
    }

    #[test]
    fn a_long_name_is_cut_and_hashed() {
        // From the table of test vectors of FNV.
        assert_eq!(hash("foobar"), 0x8594_4171_f739_67e8);
        let (first, second) = ("a".repeat(129), "a".repeat(130));
        check(&"a".repeat(128), &format!("kept-{}", "a".repeat(128)));
        assert_eq!(encode("kept-", &first), format!("kept-{}+ba20d66a82fdb40c", "a".repeat(96)));
        assert_ne!(encode("kept-", &first), encode("kept-", &second));
        assert_eq!(decode("kept-", OsStr::new(&encode("kept-", &first))), None);
        assert!(encode("kept-", &"%".repeat(10_000)).len() < 143);
    }

    #[test]
    fn other_names_are_not_decoded() {
        for file in ["", "kept", "kep-a", "run-a", "kept-A", "kept-a.b", "kept-%4a", "kept-%61", "kept-%FF", "kept-+"] {
            assert_eq!(decode("kept-", OsStr::new(file)), None, "{file}");
        }
    }
}
