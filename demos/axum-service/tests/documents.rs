//! The documents about the service quote its code, and have its numbers.

const PIPELINED: &str = include_str!("../src/pipelined.rs");
const BY_HAND: &str = include_str!("../src/by_hand.rs");
const SHARED: &str = include_str!("../src/lib.rs");
const TESTS: &str = include_str!("service.rs");
const GUIDE: &str = include_str!("../../../src/guide/web_services.md");
const README: &str = include_str!("../../../README.md");

/// The lines of code, without blank ones, comments and indentation.
fn code(source: &str) -> Vec<&str> {
    source.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with("//")).collect()
}

/// The blocks of code in a document that are not compiled where they are.
fn quotes(document: &str) -> impl Iterator<Item = &str> {
    document.split("```rust,ignore").skip(1).map(|rest| rest.split("```").next().unwrap())
}

#[test]
fn the_documents_quote_the_service() {
    let sources = [code(PIPELINED), code(SHARED), code(TESTS)];
    assert!(quotes(GUIDE).count() > 8 && quotes(README).count() > 0);
    for quote in quotes(GUIDE).chain(quotes(README)) {
        let lines = code(quote);
        let is_part = sources.iter().any(|source| source.windows(lines.len()).any(|part| part == lines));
        assert!(is_part, "this is no part of the service:{quote}");
    }
}

#[test]
fn the_service_is_short() {
    // rustfmt, which CI requires, has set the lines.
    let (pipelined, by_hand) = (code(PIPELINED).len(), code(BY_HAND).len());
    assert!(GUIDE.contains(&format!("has {pipelined} lines")), "it has {pipelined} lines");
    assert!(GUIDE.contains(&format!("has {by_hand} lines")), "it has {by_hand} lines by hand");
    assert!(pipelined <= 170, "{pipelined} lines");
}
