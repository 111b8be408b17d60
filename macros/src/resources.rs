//! `__resources_amiss!`: what is wrong in a call of `resource!` that its own rules do not match.
//!
//! `macro_rules!` only says that no rule expected a token. This reads the call once more, leniently, says of each resource what
//! is wrong with it, on the user's token, and declares it as it may have been meant.

use crate::mistakes::Mistakes;
use proc_macro2::{Delimiter, Ident, Span, TokenStream, TokenTree};
use quote::{ToTokens, quote};
use syn::Error;

/// The mistakes, and the resources. The first token tree is the path of the library, in parentheses.
pub(crate) fn amiss(call: TokenStream) -> TokenStream {
    let mut tokens = call.into_iter();
    let library = match tokens.next() {
        Some(TokenTree::Group(library)) => library.stream(),
        _ => quote! { ::typed_pipeliner },
    };
    let mut reader =
        Reader { tokens: tokens.collect(), at: 0, mistakes: Mistakes::default(), told: false, resources: Vec::new() };
    while reader.peek().is_some() {
        let resource = reader.resource();
        reader.resources.extend(resource);
    }
    let Reader { mut mistakes, resources, .. } = reader;
    if mistakes.is_empty() {
        mistakes.add(Error::new(Span::call_site(), "a resource is declared as `pub Base: i64;`"));
    }
    let mistakes = mistakes.tell();
    quote! { #mistakes #library::resource! { #(#resources)* } }
}

struct Reader {
    tokens: Vec<TokenTree>,
    at: usize,
    mistakes: Mistakes,
    /// Whether something was said of the resource that is read.
    told: bool,
    /// What was read of them, one declaration each.
    resources: Vec<TokenStream>,
}

impl Reader {
    fn peek(&self) -> Option<&TokenTree> {
        self.tokens.get(self.at)
    }

    fn next(&mut self) -> Option<TokenTree> {
        let token = self.tokens.get(self.at).cloned();
        self.at += 1;
        token
    }

    fn is(&self, punct: char) -> bool {
        matches!(self.peek(), Some(TokenTree::Punct(token)) if token.as_char() == punct)
    }

    fn is_word(&self, word: &str) -> bool {
        matches!(self.peek(), Some(TokenTree::Ident(ident)) if ident == word)
    }

    /// Something is wrong with a token.
    fn tell(&mut self, token: impl ToTokens, message: &str) {
        self.mistakes.add(Error::new_spanned(token, message));
        self.told = true;
    }

    /// The tokens before one of these, or before all that is left; what is in angle brackets is passed over.
    fn until(&mut self, ends: &[char]) -> TokenStream {
        let (mut before, mut depth, mut last) = (TokenStream::new(), 0_usize, ' ');
        while let Some(token) = self.peek() {
            if let TokenTree::Punct(punct) = token {
                let punct = punct.as_char();
                match punct {
                    end if depth == 0 && ends.contains(&end) => break,
                    '<' => depth += 1,
                    '>' if last != '-' => depth = depth.saturating_sub(1),
                    _ => {}
                }
                last = punct;
            }
            if depth == 0 && self.is_word("where") && ends.contains(&';') {
                break;
            }
            before.extend(self.next());
        }
        before
    }

    /// Reads one resource and what separates it from the next: its declaration, if there is a name.
    fn resource(&mut self) -> Option<TokenStream> {
        self.told = false;
        let mut head = TokenStream::new();
        while self.is('#') {
            head.extend(self.next());
            head.extend(self.next());
        }
        if self.is_word("pub") {
            head.extend(self.next());
            if matches!(self.peek(), Some(TokenTree::Group(group)) if group.delimiter() == Delimiter::Parenthesis) {
                head.extend(self.next());
            }
        }
        if ["struct", "enum", "type"].iter().any(|word| self.is_word(word)) {
            let word = self.next();
            self.tell(word, "a resource is its name and the type of its value: `pub Base: i64;`");
        }
        let name = match self.next() {
            Some(TokenTree::Ident(name)) => name,
            Some(token) => {
                self.tell(token, "here stands the name of a resource, as in `pub Base: i64;`");
                self.until(&[';']);
                self.next();
                return None;
            }
            None => return None,
        };
        let (parameters, is_right) = self.parameters();
        let value = Some(self.value(&name)).filter(|_| is_right).unwrap_or_else(|| quote! { () });
        self.end();
        Some(quote! { #head #name #parameters: #value; })
    }

    /// The parameters without their bounds, and whether there are no others than types.
    fn parameters(&mut self) -> (Option<TokenStream>, bool) {
        if !self.is('<') {
            return (None, true);
        }
        self.next();
        let (mut names, mut is_right) = (Vec::<Ident>::new(), true);
        while !self.is('>') && self.peek().is_some() {
            match self.next() {
                Some(TokenTree::Punct(punct)) if punct.as_char() == '\'' => {
                    let name = self.next();
                    let lifetime = quote! { #punct #name };
                    self.tell(
                        lifetime,
                        "a resource owns its value: `String`, `Arc<str>` or `&'static str`, and not `&str`",
                    );
                    is_right = false;
                }
                Some(TokenTree::Ident(ident)) if ident == "const" => {
                    let message = "the parameters of a resource are types: take one with `#[derive(Identified)]` that stands \
                                   for the number";
                    self.tell(ident, message);
                    is_right = false;
                }
                Some(TokenTree::Ident(ident)) => {
                    names.push(ident);
                    self.until(&['+', ',', '>']);
                    if self.is('+') {
                        let plus = self.next();
                        self.tell(
                            plus,
                            "a parameter has one bound: make a trait of them, `trait Entity: Identified + Clone {}`",
                        );
                    }
                }
                _ => {}
            }
            self.until(&[',', '>']);
            if self.is(',') {
                self.next();
            }
        }
        self.next();
        ((!names.is_empty()).then(|| quote! { <#(#names),*> }), is_right)
    }

    /// The type of the value, and what stands before it.
    fn value(&mut self, name: &Ident) -> TokenStream {
        match self.peek().cloned() {
            Some(TokenTree::Punct(colon)) if colon.as_char() == ':' => {
                self.next();
            }
            Some(TokenTree::Punct(equals)) if equals.as_char() == '=' => {
                self.next();
                if !self.told {
                    self.tell(equals, "between the name of a resource and the type of its value stands a `:`");
                }
            }
            Some(TokenTree::Group(fields)) => {
                self.next();
                if !self.told {
                    self.tell(&fields, "after the name of a resource stands `:`, and then the type of its value");
                }
                return match fields.stream() {
                    one if !one.is_empty() && fields.delimiter() == Delimiter::Parenthesis => one,
                    _ => quote! { () },
                };
            }
            _ => {
                self.tell(
                    name,
                    &format!("of what type is the value of `{name}`? Write `{name}: i64;`, or `{name}: ();` for none"),
                );
                return quote! { () };
            }
        }
        let value = self.until(&[';', ',']);
        if self.is_word("where") {
            let clause = self.next();
            self.tell(clause, "a bound stands at its parameter: `Rows<T: Entity>: Vec<T>;`");
            self.until(&[';']);
        }
        value
    }

    /// What is between this resource and the next.
    fn end(&mut self) {
        match self.next() {
            Some(TokenTree::Punct(punct)) if punct.as_char() == ';' => {}
            Some(TokenTree::Punct(punct)) if punct.as_char() == ',' => self.tell(punct, "a resource ends with a `;`"),
            None => {}
            // The next one, after a struct for example.
            Some(_) => self.at -= 1,
        }
    }
}
