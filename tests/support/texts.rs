//! Texts with a meaning in some format or to a terminal, and how they are shown.

/// Names of steps, and each as a reader sees it in one line.
pub(crate) const NAMES: [(&str, &str); 9] = [
    ("Load<Table<Game>>", "Load<Table<Game>>"),
    (r#"a "quoted" 'name' `t`"#, r#"a "quoted" 'name' `t`"#),
    (r"C:\temp\new \N &amp; #35; &#35; 100%", r"C:\temp\new \N &amp; #35; &#35; 100%"),
    (r"<b>&lt;</b>[x](y){z}|w| ; -- end", r"<b>&lt;</b>[x](y){z}|w| ; -- end"),
    (r#"%%{init: {"theme": "dark"}}%%"#, r#"%%{init: {"theme": "dark"}}%%"#),
    ("Größe 漢字 🦀 é", "Größe 漢字 🦀 é"),
    ("all\x1b[2J\x1b[H\u{9b}32m\x07\r\0\u{7f}", r"all\u{1b}[2J\u{1b}[H\u{9b}32m\u{7}\r\u{0}\u{7f}"),
    ("two\nlines\tand\u{2028}more", r"two lines and\u{2028}more"),
    ("\u{202e}drow\u{202c} \u{2066}x\u{2069}", r"\u{202e}drow\u{202c} \u{2066}x\u{2069}"),
];

/// Whether a text may go to a terminal or into a page.
pub(crate) fn is_harmless(text: &str) -> bool {
    let is_direction = |letter| matches!(letter, '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    !text.chars().any(|letter| letter.is_control() && letter != '\n' && letter != '\t' || is_direction(letter))
}
