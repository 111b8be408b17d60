//! Mistake: a scope is made within another store than that of its parent.

same_type! {
    /// Holds if the pipeline `Pipe` of the given store is the parent `Expected` of the pipeline of
    /// the scope.
    #[diagnostic::on_unimplemented(
        message = "expected a store of `{Expected}` as the parent, found a store of `{Pipe}`",
        label = "the scope is made within another store than that of its parent",
        note = "give a store of `{Expected}`, or name the other: `type Parent = {Pipe}`"
    )]
    IsParent<Pipe, Expected>
}
