//! Pipelines of some hundred steps, in modules of ten. The smaller ones are parts of the largest.
//!
//! More steps take too long to compile. `src/exec/scale.rs` counts what runs of 4,000 do.

use crate::pipelines::{Seed, Sum};
use crate::work::{Work, add};
use std::convert::Infallible;
use std::marker::PhantomData;
use typed_pipeliner::{HList, Inputs, Outputs, Pipeline, Step, hlist, resource};

/// Each step takes the output of the one before it.
pub(crate) mod chain {
    use super::*;
    macro_rules! rows {
        ($($row:ident after $first:ty;)*) => {
            $(ten! { $row: [$first] [R0] [R1] [R2] [R3] [R4] [R5] [R6] [R7] [R8] })*
        };
    }
    rows! {
        a0 after Seed; a1 after a0::R9; a2 after a1::R9; a3 after a2::R9; a4 after a3::R9;
        a5 after a4::R9; a6 after a5::R9; a7 after a6::R9; a8 after a7::R9; a9 after a8::R9;
        b0 after a9::R9; b1 after b0::R9; b2 after b1::R9; b3 after b2::R9; b4 after b3::R9;
        b5 after b4::R9; b6 after b5::R9; b7 after b6::R9; b8 after b7::R9; b9 after b8::R9;
        c0 after b9::R9; c1 after c0::R9; c2 after c1::R9; c3 after c2::R9; c4 after c3::R9;
        c5 after c4::R9; c6 after c5::R9; c7 after c6::R9; c8 after c7::R9; c9 after c8::R9;
        d0 after c9::R9; d1 after d0::R9; d2 after d1::R9; d3 after d2::R9; d4 after d3::R9;
        d5 after d4::R9; d6 after d5::R9; d7 after d6::R9; d8 after d7::R9; d9 after d8::R9;
    }
    pub(crate) mod ten {
        use super::*;
        pipeline! { a0::S9<W>; a0::Steps<W> }
    }
    pub(crate) mod hundred {
        use super::*;
        pipeline! {
            a9::S9<W>;
            a0::Steps<W>, a1::Steps<W>, a2::Steps<W>, a3::Steps<W>, a4::Steps<W>, a5::Steps<W>,
            a6::Steps<W>, a7::Steps<W>, a8::Steps<W>, a9::Steps<W>
        }
    }
    pub(crate) mod most {
        use super::*;
        pipeline! {
            d9::S9<W>;
            a0::Steps<W>, a1::Steps<W>, a2::Steps<W>, a3::Steps<W>, a4::Steps<W>, a5::Steps<W>,
            a6::Steps<W>, a7::Steps<W>, a8::Steps<W>, a9::Steps<W>, b0::Steps<W>, b1::Steps<W>,
            b2::Steps<W>, b3::Steps<W>, b4::Steps<W>, b5::Steps<W>, b6::Steps<W>, b7::Steps<W>,
            b8::Steps<W>, b9::Steps<W>, c0::Steps<W>, c1::Steps<W>, c2::Steps<W>, c3::Steps<W>,
            c4::Steps<W>, c5::Steps<W>, c6::Steps<W>, c7::Steps<W>, c8::Steps<W>, c9::Steps<W>,
            d0::Steps<W>, d1::Steps<W>, d2::Steps<W>, d3::Steps<W>, d4::Steps<W>, d5::Steps<W>,
            d6::Steps<W>, d7::Steps<W>, d8::Steps<W>, d9::Steps<W>
        }
    }
}

/// Layers of ten steps, each of which takes three outputs of the layer before; and one step that
/// takes the last layer.
pub(crate) mod layers {
    use super::*;
    macro_rules! layers {
        ($($layer:ident below $above:ident;)*) => {
            ten! { a0: [Seed] [Seed] [Seed] [Seed] [Seed] [Seed] [Seed] [Seed] [Seed] [Seed] }
            $(ten! { $layer:
                [$above::R0, $above::R1, $above::R2] [$above::R1, $above::R2, $above::R3]
                [$above::R2, $above::R3, $above::R4] [$above::R3, $above::R4, $above::R5]
                [$above::R4, $above::R5, $above::R6] [$above::R5, $above::R6, $above::R7]
                [$above::R6, $above::R7, $above::R8] [$above::R7, $above::R8, $above::R9]
                [$above::R8, $above::R9, $above::R0] [$above::R9, $above::R0, $above::R1]
            })*
        };
    }
    layers! {
        a1 below a0; a2 below a1; a3 below a2; a4 below a3; a5 below a4; a6 below a5;
        a7 below a6; a8 below a7; a9 below a8; b0 below a9; b1 below b0; b2 below b1;
        b3 below b2; b4 below b3; b5 below b4; b6 below b5; b7 below b6; b8 below b7;
        b9 below b8; c0 below b9; c1 below c0; c2 below c1; c3 below c2; c4 below c3;
        c5 below c4; c6 below c5; c7 below c6; c8 below c7; c9 below c8; d0 below c9;
        d1 below d0; d2 below d1; d3 below d2; d4 below d3; d5 below d4; d6 below d5;
        d7 below d6; d8 below d7; d9 below d8;
    }
    macro_rules! above {
        ($last:ident: $($layer:ident)*) => {
            steps! { 9 Bottom: [$last::Resources] -> B; }
            pipeline! { Bottom<W>; $($layer::Steps<W>,)* Bottom<W> }
        };
    }
    pub(crate) mod ten {
        use super::*;
        above! {
            a0:
            a0
        }
    }
    pub(crate) mod hundred {
        use super::*;
        above! {
            a9:
            a0 a1 a2 a3 a4 a5 a6 a7 a8 a9
        }
    }
    pub(crate) mod most {
        use super::*;
        above! {
            d9:
            a0 a1 a2 a3 a4 a5 a6 a7 a8 a9 b0 b1 b2 b3 b4 b5 b6 b7 b8 b9 c0 c1 c2 c3 c4 c5 c6 c7
            c8 c9 d0 d1 d2 d3 d4 d5 d6 d7 d8 d9
        }
    }
}

/// Steps that take the supplied resource, and one that takes all of them.
pub(crate) mod fan {
    use super::*;
    macro_rules! rows {
        ($($row:ident)*) => {
            $(ten! { $row: [Seed] [Seed] [Seed] [Seed] [Seed] [Seed] [Seed] [Seed] [Seed] [Seed] })*
        };
    }
    rows! {
        a0 a1 a2 a3 a4 a5 a6 a7 a8 a9 b0 b1 b2 b3 b4 b5 b6 b7 b8 b9 c0 c1 c2 c3 c4 c5 c6 c7 c8 c9
        d0 d1 d2 d3 d4 d5 d6 d7 d8 d9
    }
    macro_rules! above {
        ($($row:ident)*) => {
            steps! { 9 Bottom: [$($row::Resources),*] -> B; }
            pipeline! { Bottom<W>; $($row::Steps<W>,)* Bottom<W> }
        };
    }
    pub(crate) mod ten {
        use super::*;
        above! {
            a0
        }
    }
    pub(crate) mod hundred {
        use super::*;
        above! {
            a0 a1 a2 a3 a4 a5 a6 a7 a8 a9
        }
    }
    pub(crate) mod most {
        use super::*;
        above! {
            a0 a1 a2 a3 a4 a5 a6 a7 a8 a9 b0 b1 b2 b3 b4 b5 b6 b7 b8 b9 c0 c1 c2 c3 c4 c5 c6 c7
            c8 c9 d0 d1 d2 d3 d4 d5 d6 d7 d8 d9
        }
    }
}
