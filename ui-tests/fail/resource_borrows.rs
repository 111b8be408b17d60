use std::borrow::Cow;
use std::path::Path;
use typed_pipeliner::resource;

resource! {
    Root: &Path;
    Language: &'a str;
    Lines: Vec<&str>;
    Title: Cow<'_, str>;
}

fn main() {}
