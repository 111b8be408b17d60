//! Parses the call of `resource!`, and continues after a mistake.

use crate::borrowed;
use crate::diagnostics::Diagnostics;
use crate::prelude;
use crate::text::text;
use proc_macro2::{Ident, TokenTree};
use quote::ToTokens;
use syn::parse::ParseStream;
use syn::{Attribute, Error, Lifetime, Token, Type, Visibility, token};

/// One declaration, with its mistakes.
#[derive(Default)]
pub(super) struct Declaration {
    /// The resource; `None` if its name is missing.
    pub(super) resource: Option<Resource>,
    pub(super) mistakes: Diagnostics,
}

/// A resource: `pub Table<T: Entity>: Vec<T>;`.
pub(super) struct Resource {
    pub(super) attributes: Vec<Attribute>,
    pub(super) visibility: Visibility,
    pub(super) name: Ident,
    pub(super) parameters: Vec<Parameter>,
    /// The type of the value; `None` if a mistake leaves it unknown.
    pub(super) value: Option<Type>,
}

/// A parameter of a resource: `T: Entity`.
pub(super) struct Parameter {
    pub(super) name: Ident,
    pub(super) bound: Option<Type>,
}

/// Parses all declarations of a call.
pub(super) fn declarations(input: ParseStream<'_>) -> syn::Result<Vec<Declaration>> {
    let mut declarations = Vec::new();
    while !input.is_empty() {
        let mut declaration = Declaration::default();
        if let Err(mistake) = declaration.parse(input) {
            declaration.mistakes.add(mistake);
            skip_while(input, |input| !input.peek(Token![;]))?;
            input.parse::<Option<Token![;]>>()?;
        }
        declarations.push(declaration);
    }
    Ok(declarations)
}

impl Declaration {
    /// Parses a declaration. After an error, the caller skips the rest of it.
    fn parse(&mut self, input: ParseStream<'_>) -> syn::Result<()> {
        let attributes = input.call(Attribute::parse_outer)?;
        let visibility = input.parse()?;
        if input.peek(Token![struct]) || input.peek(Token![enum]) || input.peek(Token![type]) {
            let keyword: TokenTree = input.parse()?;
            self.add(keyword, "a resource is its name and the type of its value: `pub Base: i64;`");
        }
        let name: Ident = input
            .parse()
            .map_err(|error| Error::new(error.span(), "expected the name of a resource, as in `pub Base: i64;`"))?;
        if prelude::contains(&name) {
            let message = format!(
                "a resource called `{name}` would hide that of the prelude: give it a name of its own, such as `My{name}`"
            );
            // It is not declared, because rustc would report each use of the hidden name.
            return Err(Error::new_spanned(name, message));
        }
        let resource = Resource { attributes, visibility, name: name.clone(), parameters: Vec::new(), value: None };
        self.resource = Some(resource);

        let (parameters, parameters_are_types) = self.parameters(input)?;
        let value = self.value(input, &name)?.filter(|_| parameters_are_types);
        self.resource = self.resource.take().map(|resource| Resource { parameters, value, ..resource });
        self.end(input)
    }

    /// Adds a mistake at some tokens.
    fn add(&mut self, tokens: impl ToTokens, message: &str) {
        self.mistakes.add(Error::new_spanned(tokens, message));
    }

    /// Parses the parameters. The second value is whether all of them are types with at most one
    /// bound, so that the type of the value can be trusted.
    fn parameters(&mut self, input: ParseStream<'_>) -> syn::Result<(Vec<Parameter>, bool)> {
        let (mut parameters, mut are_types) = (Vec::new(), true);
        if input.parse::<Option<Token![<]>>()?.is_none() {
            return Ok((parameters, are_types));
        }
        while !input.peek(Token![>]) {
            match self.parameter(input)? {
                Some(parameter) => parameters.push(parameter),
                None => are_types = false,
            }
            if input.peek(Token![+]) {
                let plus: Token![+] = input.parse()?;
                self.add(
                    plus,
                    "a parameter has one bound: make a trait of them, `trait Entity: Identified + Clone {}`",
                );
                are_types = false;
            }
            if !are_types {
                let mut depth = 0_usize;
                skip_while(input, |input| {
                    depth =
                        depth + usize::from(input.peek(Token![<])) - usize::from(depth > 0 && input.peek(Token![>]));
                    depth > 0 || !(input.peek(Token![,]) || input.peek(Token![>]))
                })?;
            }
            if !input.peek(Token![>]) {
                input.parse::<Token![,]>()?;
            }
        }
        input.parse::<Token![>]>()?;
        Ok((parameters, are_types))
    }

    /// Parses a parameter: a type with at most one bound, or `None` after a mistake.
    fn parameter(&mut self, input: ParseStream<'_>) -> syn::Result<Option<Parameter>> {
        if input.peek(Lifetime) {
            let lifetime: Lifetime = input.parse()?;
            self.add(lifetime, "a resource owns its value: `String`, `Arc<str>` or `&'static str`, and not `&str`");
            return Ok(None);
        }
        if input.peek(Token![const]) {
            let keyword: Token![const] = input.parse()?;
            let message = "the parameters of a resource are types: take a type with `#[derive(Identified)]` instead of \
                           the number";
            self.add(keyword, message);
            return Ok(None);
        }
        let name = input.parse()?;
        let bound = match input.parse::<Option<Token![:]>>()? {
            Some(_) => Some(input.call(Type::without_plus)?),
            None => None,
        };
        Ok(Some(Parameter { name, bound }))
    }

    /// Parses the separator and the type of the value, or returns `None` after a mistake.
    fn value(&mut self, input: ParseStream<'_>, name: &Ident) -> syn::Result<Option<Type>> {
        if input.peek(token::Paren) || input.peek(token::Brace) {
            let fields: TokenTree = input.parse()?;
            if self.mistakes.is_empty() {
                self.add(fields, "expected `:` after the name of a resource, and then the type of its value");
            }
            return Ok(None);
        }
        if input.peek(Token![=]) {
            let equals: Token![=] = input.parse()?;
            if self.mistakes.is_empty() {
                self.add(equals, "expected `:` between the name of a resource and the type of its value");
            }
        } else if input.parse::<Option<Token![:]>>()?.is_none() {
            let message =
                format!("of what type is the value of `{name}`? Write `{name}: i64;`, or `{name}: ();` for none");
            self.add(name, &message);
            return Ok(None);
        }
        let value: Type = input.parse().map_err(|error| {
            Error::new(error.span(), format!("expected the type of the value of `{name}`, as in `{name}: i64;`"))
        })?;
        if input.peek(Token![where]) {
            let keyword: Token![where] = input.parse()?;
            self.add(keyword, "a bound belongs to its parameter: `Rows<T: Entity>: Vec<T>;`");
            skip_while(input, |input| !input.peek(Token![;]))?;
            return Ok(None);
        }
        // A lifetime among the parameters is reported already.
        if let Some(borrowed) = borrowed::find(&value).filter(|_| self.mistakes.is_empty()) {
            let (written, owned) = (text(borrowed), borrowed::owned(borrowed));
            self.add(borrowed, &format!("a resource owns its value: write `{owned}`, and not `{written}`"));
            return Ok(None);
        }
        Ok(Some(value))
    }

    /// Parses the `;` at the end.
    fn end(&mut self, input: ParseStream<'_>) -> syn::Result<()> {
        let semicolon = input.parse::<Option<Token![;]>>()?;
        if semicolon.is_some() || input.is_empty() {
            return Ok(());
        }
        let comma = input.parse::<Option<Token![,]>>()?;
        let starts_another = input.peek(Token![pub]) || input.peek(Token![#]) || input.peek(syn::Ident);
        match comma {
            Some(comma) => self.add(comma, "a resource ends with a `;`"),
            // The braces of a `struct` are reported already.
            None if starts_another && !self.mistakes.is_empty() => {}
            None => self.mistakes.add(input.error("a resource ends with a `;`")),
        }
        match comma.is_some() || starts_another {
            true => Ok(()),
            false => skip_while(input, |input| !input.peek(Token![;]))
                .and_then(|()| input.parse::<Option<Token![;]>>().map(drop)),
        }
    }
}

/// Skips tokens as long as the condition holds, and there are any.
fn skip_while(input: ParseStream<'_>, mut condition: impl FnMut(ParseStream<'_>) -> bool) -> syn::Result<()> {
    while !input.is_empty() && condition(input) {
        input.parse::<TokenTree>()?;
    }
    Ok(())
}
