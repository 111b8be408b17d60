//! The macros of [typed-pipeliner](https://docs.rs/typed-pipeliner), which exports and documents
//! them.
//!
//! Each macro has three phases: parse, check, expand. It reports every mistake on the user's
//! tokens. After a mistake it still emits a usable impl, so that no second error follows from the
//! first.

mod borrowed;
mod diagnostics;
mod identified;
mod identity;
mod library;
mod pipeline;
mod prelude;
mod resource;
mod step;
mod text;

use proc_macro::TokenStream;

// The library documents them, because users see them there.
#[expect(missing_docs)]
#[proc_macro_attribute]
pub fn step(options: TokenStream, function: TokenStream) -> TokenStream {
    step::step(options.into(), function.into()).into()
}

#[expect(missing_docs)]
#[proc_macro_attribute]
pub fn pipeline(options: TokenStream, item: TokenStream) -> TokenStream {
    pipeline::pipeline(options.into(), item.into()).into()
}

#[expect(missing_docs)]
#[proc_macro_derive(Identified, attributes(identified))]
pub fn identified(item: TokenStream) -> TokenStream {
    identified::identified(item.into()).into()
}

#[doc(hidden)]
#[proc_macro]
pub fn __declare(call: TokenStream) -> TokenStream {
    resource::declare(call.into()).into()
}
