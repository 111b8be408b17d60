//! The stack of the walk: the steps whose inputs are being visited.

use super::goal::RequestedResources;
use super::marks::Marks;
use super::{Machine, Path, PathStep, Walk};
use crate::proof::check::findings::{Findings, NeededBy, OptionalProvider};
use crate::proof::ids::digits::{Equal, Greater, Less};
use crate::proof::ids::number::Number;
use crate::proof::ids::trie::Trie;
use crate::proof::lists::InputsProof;
use crate::proof::walk::fuel::{FourTimes, Fuel};
use crate::proof::witness::IsResource;
use crate::sealed::Seal;
use crate::steps::Step;
use core::marker::PhantomData;
use frunk_core::hlist::HNil;

/// A stack of steps: a function to the next state of the machine.
///
/// It is defined on [`Bottom`], [`Frame`] and [`OptionalFrame`]. It is needed because the walk must
/// not recurse by the depth of the graph.
pub trait Stack {
    #[doc(hidden)]
    fn seal(_: Seal);

    /// One tick of the walk.
    type Tick<Map: Trie, Marked: Marks, Found: Findings>: Machine;
    /// The findings `Found`, and that the step on top needs `Res`, which has no source.
    type Missing<Res: IsResource, Found: Findings>: Findings;
    /// The findings `Found`, and that the step `Upper`, whose frame is above this stack, needs
    /// `Res`, which has no source.
    type MissingAbove<Res: IsResource, Upper: Step, Found: Findings>: Findings;
    /// The stack with the inputs `Inputs` before the other inputs of the step on top.
    type Prepend<Inputs: InputsProof>: Stack;
    /// One tick of reading a cycle: is the step on top the one at which it closes?
    type Trace<Num: Number, Read: Path, Then: Resume>: Machine;
}

/// No step: below the target, with the resources `Requested` still to be visited.
#[derive(Debug)]
pub struct Bottom<Requested = HNil>(PhantomData<Requested>);

/// The step `Owner`, number `Num`, with its inputs `Inputs` still to be visited, above the stack
/// `Below`.
#[derive(Debug)]
pub struct Frame<Inputs, Owner, Num, Below>(PhantomData<(Inputs, Owner, Num, Below)>);

impl<Requested: RequestedResources> Stack for Bottom<Requested> {
    fn seal(_: Seal) {}

    type Tick<Map: Trie, Marked: Marks, Found: Findings> = Requested::Request<Map, Marked, Found>;
    type Missing<Res: IsResource, Found: Findings> = Found;
    type MissingAbove<Res: IsResource, Upper: Step, Found: Findings> = Found::Missing<Res, NeededBy<Upper>>;
    type Prepend<Inputs: InputsProof> = Self;
    type Trace<Num: Number, Read: Path, Then: Resume> = Then::With<Read>;
}

impl<Inputs: InputsProof, Owner: Step, Num: Number, Below: Stack> Stack for Frame<Inputs, Owner, Num, Below> {
    fn seal(_: Seal) {}

    type Tick<Map: Trie, Marked: Marks, Found: Findings> = Inputs::Tick<Map, Owner, Num, Below, Marked, Found>;
    type Missing<Res: IsResource, Found: Findings> = Below::MissingAbove<Res, Owner, Found>;
    type MissingAbove<Res: IsResource, Upper: Step, Found: Findings> = Found::Missing<Res, NeededBy<Upper>>;
    type Prepend<More: InputsProof> = Frame<More::Append<Inputs>, Owner, Num, Below>;
    type Trace<Sought: Number, Read: Path, Then: Resume> =
        <Num::Is<Sought> as TraceDecision>::Trace<Below, Sought, PathStep<Owner, Read>, Then>;
}

/// The stack `Below`, whose step on top can do without the resource `Res`: the frames above are
/// there for that resource.
#[derive(Debug)]
pub struct OptionalFrame<Res, Below>(PhantomData<(Res, Below)>);

impl<Offered: IsResource, Below: Stack> Stack for OptionalFrame<Offered, Below> {
    fn seal(_: Seal) {}

    type Tick<Map: Trie, Marked: Marks, Found: Findings> = Below::Tick<Map, Marked, Found>;
    type Missing<Res: IsResource, Found: Findings> = Below::Missing<Res, Found>;
    type MissingAbove<Res: IsResource, Upper: Step, Found: Findings> =
        Found::Missing<Res, OptionalProvider<Upper, Offered>>;
    type Prepend<Inputs: InputsProof> = Below::Prepend<Inputs>;
    type Trace<Num: Number, Read: Path, Then: Resume> = Below::Trace<Num, Read, Then>;
}

/// Reading a cycle off the stack, before the walk `Then` goes on: down from `Frames` to the step
/// with the number `Num`, past the steps `Read`.
#[derive(Debug)]
pub struct Trace<Frames, Num, Read, Then>(PhantomData<(Frames, Num, Read, Then)>);

impl<Frames: Stack, Num: Number, Read: Path, Then: Resume> Machine for Trace<Frames, Num, Read, Then> {
    fn seal(_: Seal) {}

    type Tick<Map: Trie> = Frames::Trace<Num, Read, Then>;
    type Run<Map: Trie, Limit: Fuel> = Limit::Burn<Map, Self>;
    type Found<Map: Trie, Limit: Fuel> = <Limit::Burn<Map, Self> as Machine>::Found<Map, FourTimes<Limit>>;
}

/// The walk that goes on when a cycle has been read: a function from the cycle to the next state.
///
/// It is defined on [`Walk`]. It is needed because one walk may find several cycles.
pub trait Resume {
    #[doc(hidden)]
    fn seal(_: Seal);

    /// The walk, with the cycle `Read` among its findings.
    type With<Read: Path>: Machine;
}

impl<Frames: Stack, Marked: Marks, Found: Findings> Resume for Walk<Frames, Marked, Found> {
    fn seal(_: Seal) {}

    type With<Read: Path> = Walk<Frames, Marked, Found::Cycle<Read>>;
}

/// The decision of a comparison while a cycle is read.
pub trait TraceDecision {
    #[doc(hidden)]
    fn seal(_: Seal);

    /// The step at which the cycle closes is reached, or the machine goes on reading below.
    type Trace<Below: Stack, Num: Number, Read: Path, Then: Resume>: Machine;
}

impl TraceDecision for Equal {
    fn seal(_: Seal) {}

    type Trace<Below: Stack, Num: Number, Read: Path, Then: Resume> = Then::With<Read>;
}

impl TraceDecision for Less {
    fn seal(_: Seal) {}

    type Trace<Below: Stack, Num: Number, Read: Path, Then: Resume> = Trace<Below, Num, Read, Then>;
}

impl TraceDecision for Greater {
    fn seal(_: Seal) {}

    type Trace<Below: Stack, Num: Number, Read: Path, Then: Resume> = Trace<Below, Num, Read, Then>;
}
