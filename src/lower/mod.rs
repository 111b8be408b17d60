//! Lowering: the one place where types become data.
//!
//! The proof knows resources and steps as types. The executor knows them as numbers, names and
//! function pointers. Here a resource becomes a [`Key`](crate::exec::plan::Key), a step becomes a
//! [`StepSpec`](crate::exec::plan::StepSpec) and a [`Slot`](slot::Slot), and a list of steps
//! becomes its [`Slots`](slots::Slots), and the target of a run a [`goal`]. A step with a function
//! that closes its outputs gets a pointer to it ([`close`]), and one with a policy is started in
//! another way (`attempts`). The lists of inputs and outputs do the same for their elements, in
//! `step/lists.rs`.

#[cfg(feature = "policy")]
pub(crate) mod attempts;
#[cfg(feature = "macros")]
pub(crate) mod certify;
pub(crate) mod close;
pub(crate) mod goal;
#[cfg(feature = "journal")]
pub(crate) mod keep;
mod key;
#[cfg_attr(not(feature = "macros"), expect(dead_code, unreachable_pub, reason = "certificates need the macro"))]
pub(crate) mod numbers;
pub(crate) mod slot;
pub(crate) mod slots;
pub(crate) mod spec;
mod start;
pub(crate) mod stored;
