//! Fuel: runs the machine for a number of ticks, in bounded depth of recursion.
//!
//! If the machine has not halted when its fuel runs out, it gets four times as much. Four times as
//! many ticks are that many ticks, four times over. So the depth of recursion is logarithmic in the
//! number of ticks, and users never need to raise `recursion_limit`.

use super::Machine;
use crate::proof::ids::trie::Trie;
use crate::sealed::Seal;
use core::marker::PhantomData;

/// A number of ticks: a function from a state to the state after them.
///
/// It is defined on [`Four`] and [`FourTimes`]. It is needed because rustc limits the depth of
/// recursion.
pub trait Fuel {
    #[doc(hidden)]
    fn seal(_: Seal);

    /// The state after these ticks.
    type Burn<Map: Trie, State: Machine>: Machine;
}

/// Four ticks.
#[derive(Debug)]
pub struct Four;

/// Four times as many ticks as `Quarter`.
#[derive(Debug)]
pub struct FourTimes<Quarter>(PhantomData<Quarter>);

impl Fuel for Four {
    fn seal(_: Seal) {}

    type Burn<Map: Trie, State: Machine> =
        <<<State::Tick<Map> as Machine>::Tick<Map> as Machine>::Tick<Map> as Machine>::Tick<Map>;
}

impl<Quarter: Fuel> Fuel for FourTimes<Quarter> {
    fn seal(_: Seal) {}

    type Burn<Map: Trie, State: Machine> = <<<Quarter::Burn<Map, State> as Machine>::Run<Map, Quarter> as Machine>::Run<
        Map,
        Quarter,
    > as Machine>::Run<Map, Quarter>;
}
