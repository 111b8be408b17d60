//! The short names of types.

/// The name of a type without its path: `Divide`, `Load<my::Table>`.
pub(crate) fn of<T: ?Sized>() -> &'static str {
    without_path(core::any::type_name::<T>())
}

/// The part after the last `::` that is not in angle brackets. A path may contain brackets too, as
/// in `<impl app::Job>::start::Load<my::Table>`. The search begins at the end, because a path is
/// longer than a name.
pub(crate) fn without_path(name: &str) -> &str {
    let mut depth = 0_usize;
    let bytes = name.as_bytes();
    for (at, byte) in bytes.iter().enumerate().rev() {
        match byte {
            b'>' if !bytes[..at].ends_with(b"-") => depth += 1,
            b'<' => depth = depth.saturating_sub(1),
            b':' if depth == 0 => return &name[at + 1..],
            _ => {}
        }
    }
    name
}

#[cfg(test)]
mod tests {
    use super::{of, without_path};

    #[test]
    fn short_name_omits_the_path() {
        assert_eq!(of::<std::string::String>(), "String");
        assert_eq!(of::<Vec<u8>>(), "Vec<u8>");
        assert_eq!(of::<i64>(), "i64");
    }

    #[test]
    fn short_name_ignores_brackets_in_the_path() {
        assert_eq!(without_path("app::<impl app::Job<u8>>::start::Load<my::Table>"), "Load<my::Table>");
        assert_eq!(without_path("app::Map<fn(my::Key) -> my::Value>"), "Map<fn(my::Key) -> my::Value>");
    }
}
