//! The names of types, as a reader would say them.

/// The name of a type without its path: `Divide`, `Load<my::Table>`.
pub(crate) fn of<T: ?Sized>() -> &'static str {
    let name = core::any::type_name::<T>();
    let generics = name.find('<').unwrap_or(name.len());
    let start = name[..generics].rfind("::").map_or(0, |colons| colons + 2);
    &name[start..]
}

#[cfg(test)]
mod tests {
    use super::of;

    #[test]
    fn a_path_is_left_out() {
        assert_eq!(of::<std::string::String>(), "String");
        assert_eq!(of::<Vec<u8>>(), "Vec<u8>");
        assert_eq!(of::<i64>(), "i64");
    }
}
