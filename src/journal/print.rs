//! Fingerprints.

use crate::error::BoxError;
use blake3::Hasher;
use core::fmt;
use serde::de::{Unexpected, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// The fingerprint of a value: a hash of 256 bits, by BLAKE3.
///
/// It is a cryptographic one, because kept values may come from outside, where somebody may look
/// for two of the same fingerprint.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Print([u8; 32]);

impl Print {
    /// Of a value of this type, from its bytes.
    pub(crate) fn of_bytes(type_name: &str, bytes: &[u8]) -> Self {
        let mut printer = Printer::new("value");
        printer.text(type_name);
        printer.0.update(bytes);
        printer.print()
    }

    /// Of a value, as serde writes it.
    pub(crate) fn of_value<V: Serialize>(value: &V) -> Result<Self, BoxError> {
        let mut printer = Printer::new("value");
        printer.text(core::any::type_name::<V>());
        rmp_serde::encode::write_named(&mut printer.0, value)?;
        Ok(printer.print())
    }

    /// Of an output at a place, if this is that of all outputs of its step.
    pub(crate) fn of_output(self, place: usize) -> Self {
        let mut printer = Printer::new("output");
        printer.print_of(Some(self));
        printer.number(place as u64);
        printer.print()
    }
}

/// The fingerprint of an input.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Known {
    /// It has one.
    Print(Print),
    /// It does not count.
    Ambient,
    /// It has none until a step has run; or at all, because it is that of a fallback.
    Not,
}

impl AsRef<[u8]> for Print {
    fn as_ref(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Debug for Print {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// The first eight digits, which suffice for people.
impl fmt::Display for Print {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0[..4].iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl Serialize for Print {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_bytes(&self.0)
    }
}

impl<'de> Deserialize<'de> for Print {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_bytes(PrintVisitor)
    }
}

/// Reads the bytes of a fingerprint.
struct PrintVisitor;

impl Visitor<'_> for PrintVisitor {
    type Value = Print;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a fingerprint of 32 bytes")
    }

    fn visit_bytes<E: serde::de::Error>(self, bytes: &[u8]) -> Result<Print, E> {
        bytes.try_into().map(Print).map_err(|_| E::invalid_value(Unexpected::Bytes(bytes), &self))
    }
}

/// Makes a fingerprint from several parts. No two lists of parts are the same bytes.
pub(crate) struct Printer(Hasher);

impl Printer {
    /// A fingerprint in this domain.
    pub(crate) fn new(domain: &str) -> Self {
        let mut printer = Printer(Hasher::new());
        printer.text(domain);
        printer
    }

    /// Adds a text.
    pub(crate) fn text(&mut self, text: &str) {
        self.bytes(text.as_bytes());
    }

    /// Adds bytes.
    pub(crate) fn bytes(&mut self, bytes: &[u8]) {
        self.number(bytes.len() as u64);
        self.0.update(bytes);
    }

    /// Adds a number.
    pub(crate) fn number(&mut self, number: u64) {
        self.0.update(&number.to_le_bytes());
    }

    /// Adds a fingerprint, or the absence of one.
    pub(crate) fn print_of(&mut self, print: Option<Print>) {
        self.bytes(print.as_ref().map_or(&[], |print| &print.0));
    }

    /// The fingerprint of all parts.
    pub(crate) fn print(&self) -> Print {
        Print(*self.0.finalize().as_bytes())
    }
}
