//! The lists of a step as numbers, for the certificate.
//!
//! They are arrays and have no references: the compiler looks at what a constant refers to, again
//! for each constant, but it takes an array of numbers as a whole.

use crate::exec::plan::ConstList;
use crate::resource::Resource;
use crate::steps::Step;
use crate::steps::lists::{InputList, OutputList};

/// The bit of a number that is certain to belong to one resource.
pub(crate) const CERTAIN: u64 = 1 << 63;
/// The bit of an optional input.
pub(crate) const OPTIONAL: u64 = 1 << 62;

/// A word instead of a resource that has no certain number.
pub(crate) const UNKNOWN: u64 = 0;
/// A word before the elements of a list in a list.
pub(crate) const OPEN: u64 = 1;
/// A word after them.
pub(crate) const CLOSE: u64 = 2;

/// The number of a name with this hash, and with parameters of these numbers. It is certain if
/// those of the parameters are.
///
/// No two names have the same in practice: a hash of 62 bits stays.
pub const fn number(hash: u64, parameters: &[u64]) -> u64 {
    let mut number = hash;
    let mut at = 0;
    while at < parameters.len() {
        if parameters[at] & CERTAIN == 0 {
            return UNKNOWN;
        }
        // As in the finaliser of SplitMix64.
        number = (number ^ parameters[at]).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        number = (number ^ (number >> 31)).wrapping_mul(0x94d0_49bb_1331_11eb);
        number ^= number >> 29;
        at += 1;
    }
    number & !OPTIONAL | CERTAIN
}

/// The most words of a list. Steps with longer lists are proved by a walk.
const MOST_WORDS: usize = 32;

/// The resources of a list, as words.
#[derive(Debug, Clone, Copy)]
pub struct Numbers {
    /// The words from the last to the first, so that a list has those of its tail, and more.
    pub(crate) words: [u64; MOST_WORDS],
    /// The number of words.
    pub(crate) len: usize,
}

/// An element of a list.
#[derive(Debug, Clone, Copy)]
pub enum Element {
    /// The number of a resource.
    Word(u64),
    /// A list.
    List(&'static Numbers),
    /// Nothing that takes part.
    Nothing,
}

impl Element {
    /// A resource.
    pub(crate) const fn of<R: Resource>() -> Self {
        Element::Word(R::ID)
    }

    /// A resource, as an optional input.
    pub(crate) const fn of_optional<R: Resource>() -> Self {
        Element::Word(if R::ID == UNKNOWN { UNKNOWN } else { R::ID | OPTIONAL })
    }
}

impl Numbers {
    /// No resources.
    pub(crate) const NONE: Self = Numbers { words: [UNKNOWN; MOST_WORDS], len: 0 };

    /// The elements of this list after one more element.
    pub(crate) const fn with(mut self, element: Element) -> Self {
        match element {
            Element::Word(word) if self.len < MOST_WORDS => {
                self.words[self.len] = word;
                self.len += 1;
            }
            // There is no room, so the list is not known.
            Element::Word(_) => self.words[0] = UNKNOWN,
            Element::List(list) => {
                self = self.with(Element::Word(CLOSE));
                let mut at = 0;
                while at < list.len {
                    self = self.with(Element::Word(list.words[at]));
                    at += 1;
                }
                self = self.with(Element::Word(OPEN));
            }
            Element::Nothing => {}
        }
        self
    }
}

/// The lists of a step.
#[derive(Debug, Clone, Copy)]
pub struct StepNumbers {
    /// Its inputs.
    pub(crate) inputs: Numbers,
    /// The outputs that it stores.
    pub(crate) outputs: Numbers,
}

impl StepNumbers {
    /// The lists of a step.
    pub(crate) const fn of<S: Step>() -> Self {
        StepNumbers { inputs: <S::Inputs as InputList>::NUMBERS, outputs: <S::Outputs as OutputList>::NUMBERS }
    }
}

/// An element of a list of steps.
#[expect(clippy::large_enum_variant, reason = "a reference costs the compiler more than the words")]
#[derive(Debug, Clone, Copy)]
pub enum StepsNumbers {
    /// A step.
    Step(StepNumbers),
    /// A list of steps.
    List(&'static ConstList<StepsNumbers>),
    /// The whole list.
    Whole(&'static ConstList<StepsNumbers>),
    /// None of them: a mistake.
    Unknown,
}
