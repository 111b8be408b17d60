use std::borrow::Cow;
use std::path::PathBuf;
use typed_pipeliner::resource;

resource! {
    Root: PathBuf;
    Language: &'static str;
    Lines: Vec<String>;
    Title: Cow<'static, str>;
    Compare: fn(&str, &str) -> bool;
    Filter: Box<dyn Fn(&str) -> bool + Send + Sync>;
}

fn main() {}
