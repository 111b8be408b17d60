//! The twins of the cases in ui-tests/fail, without the mistake: they compile, all of them in one program.
//!
//! Where many mistakes have the same correction, as most of those with `#[step]` have, that is kept once.

#![allow(warnings, clippy::all, reason = "they are to compile, and are not run")]

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::path::Path;

/// A module of each file, and their names.
macro_rules! cases {
    ($($name:ident = $file:literal;)*) => {
        $(
            #[path = $file]
            mod $name;
        )*
        const CASES: &[&str] = &[$($file),*];
    };
}

cases! {
    bound_for_another_resource = "../ui-tests/pass/bound_for_another_resource.rs";
    bound_for_another_target = "../ui-tests/pass/bound_for_another_target.rs";
    closure_over_input_cloned = "../ui-tests/pass/closure_over_input_cloned.rs";
    closure_over_input_collected = "../ui-tests/pass/closure_over_input_collected.rs";
    closure_over_input_in_a_loop = "../ui-tests/pass/closure_over_input_in_a_loop.rs";
    cycle_of_one = "../ui-tests/pass/cycle_of_one.rs";
    cycle_of_ten = "../ui-tests/pass/cycle_of_ten.rs";
    cycle_of_two = "../ui-tests/pass/cycle_of_two.rs";
    dyn_step_chosen_is_missing = "../ui-tests/pass/dyn_step/chosen_is_missing.rs";
    dyn_step_not_a_chosen_step = "../ui-tests/pass/dyn_step/not_a_chosen_step.rs";
    dyn_step_other_inputs = "../ui-tests/pass/dyn_step/other_inputs.rs";
    future_is_not_send = "../ui-tests/pass/future_is_not_send.rs";
    groups_and_generics = "../ui-tests/pass/groups_and_generics.rs";
    input_listed_twice = "../ui-tests/pass/input_listed_twice.rs";
    input_not_a_list = "../ui-tests/pass/input_not_a_list.rs";
    missing_above = "../ui-tests/pass/missing_above.rs";
    missing_for_generic_resource = "../ui-tests/pass/missing_for_generic_resource.rs";
    missing_for_resource = "../ui-tests/pass/missing_for_resource.rs";
    missing_in_generic_code = "../ui-tests/pass/missing_in_generic_code.rs";
    missing_prerequisite = "../ui-tests/pass/missing_prerequisite.rs";
    not_a_pipeline = "../ui-tests/pass/not_a_pipeline.rs";
    not_a_pipeline_in_a_field = "../ui-tests/pass/not_a_pipeline_in_a_field.rs";
    not_a_resource_among_many = "../ui-tests/pass/not_a_resource_among_many.rs";
    not_a_resource_as_input = "../ui-tests/pass/not_a_resource_as_input.rs";
    not_a_resource_as_output = "../ui-tests/pass/not_a_resource_as_output.rs";
    not_a_resource_asked_for = "../ui-tests/pass/not_a_resource_asked_for.rs";
    not_a_resource_beside_others = "../ui-tests/pass/not_a_resource_beside_others.rs";
    not_a_resource_fetched = "../ui-tests/pass/not_a_resource_fetched.rs";
    not_a_resource_in_a_bound = "../ui-tests/pass/not_a_resource_in_a_bound.rs";
    not_a_resource_in_a_group = "../ui-tests/pass/not_a_resource_in_a_group.rs";
    not_a_resource_in_a_signature = "../ui-tests/pass/not_a_resource_in_a_signature.rs";
    not_a_resource_supplied = "../ui-tests/pass/not_a_resource_supplied.rs";
    not_a_step_in_a_bound = "../ui-tests/pass/not_a_step_in_a_bound.rs";
    not_a_step_in_a_group = "../ui-tests/pass/not_a_step_in_a_group.rs";
    not_a_step_in_a_store = "../ui-tests/pass/not_a_step_in_a_store.rs";
    not_a_step_registered = "../ui-tests/pass/not_a_step_registered.rs";
    not_a_step_run = "../ui-tests/pass/not_a_step_run.rs";
    not_a_store_of_the_parent = "../ui-tests/pass/not_a_store_of_the_parent.rs";
    one_identity_needed = "../ui-tests/pass/one_identity_needed.rs";
    one_identity_registered = "../ui-tests/pass/one_identity_registered.rs";
    one_identity_stored = "../ui-tests/pass/one_identity_stored.rs";
    optional_provider_lacks_something = "../ui-tests/pass/optional/provider_lacks_something.rs";
    optional_taken_once = "../ui-tests/pass/optional/taken_once.rs";
    optional_value_by_hand = "../ui-tests/pass/optional/value_by_hand.rs";
    output_forgotten = "../ui-tests/pass/output_forgotten.rs";
    output_listed_twice = "../ui-tests/pass/output_listed_twice.rs";
    parameter_without_identity = "../ui-tests/pass/parameter_without_identity.rs";
    ported_function_takes_plain_store = "../ui-tests/pass/ported/function_takes_plain_store.rs";
    ported_generic_marker_without_new = "../ui-tests/pass/ported/generic_marker_without_new.rs";
    ported_get_in_generic_code = "../ui-tests/pass/ported/get_in_generic_code.rs";
    ported_list_printed = "../ui-tests/pass/ported/list_printed.rs";
    ported_mutable_input = "../ui-tests/pass/ported/mutable_input.rs";
    ported_no_scoped_impl = "../ui-tests/pass/ported/no_scoped_impl.rs";
    ported_parent_needs_what_the_scope_has = "../ui-tests/pass/ported/parent_needs_what_the_scope_has.rs";
    ported_pub_step_private_resource = "../ui-tests/pass/ported/pub_step_private_resource.rs";
    ported_question_mark_forgotten = "../ui-tests/pass/ported/question_mark_forgotten.rs";
    ported_resource_by_value = "../ui-tests/pass/ported/resource_by_value.rs";
    ported_resource_registered = "../ui-tests/pass/ported/resource_registered.rs";
    ported_scope_closure_not_async = "../ui-tests/pass/ported/scope_closure_not_async.rs";
    ported_step_called_result = "../ui-tests/pass/ported/step_called_result.rs";
    ported_steps_as_a_tuple = "../ui-tests/pass/ported/steps_as_a_tuple.rs";
    ported_store_as_argument = "../ui-tests/pass/ported/store_as_argument.rs";
    ported_store_in_a_field = "../ui-tests/pass/ported/store_in_a_field.rs";
    ported_supplied_below_what_is_needed_above = "../ui-tests/pass/ported/supplied_below_what_is_needed_above.rs";
    ported_with_as_a_statement = "../ui-tests/pass/ported/with_as_a_statement.rs";
    ported_within_by_value = "../ui-tests/pass/ported/within_by_value.rs";
    ported_within_reference_to_arc = "../ui-tests/pass/ported/within_reference_to_arc.rs";
    ported_wrong_arity = "../ui-tests/pass/ported/wrong_arity.rs";
    resources_amiss = "../ui-tests/pass/resources_amiss.rs";
    return_as_input = "../ui-tests/pass/return_as_input.rs";
    step_alias_of_another_name = "../ui-tests/pass/step/alias_of_another_name.rs";
    step_aliases_of_result = "../ui-tests/pass/step/aliases_of_result.rs";
    step_as_it_should_be = "../ui-tests/pass/step/as_it_should_be.rs";
    step_await_without_async = "../ui-tests/pass/step/await_without_async.rs";
    step_blocking_async = "../ui-tests/pass/step/blocking_async.rs";
    step_blocking_without_clone = "../ui-tests/pass/step/blocking_without_clone.rs";
    step_borrowed_returned = "../ui-tests/pass/step/borrowed_returned.rs";
    step_bound_of_a_parameter_unmet = "../ui-tests/pass/step/bound_of_a_parameter_unmet.rs";
    step_closure_over_input_across_await = "../ui-tests/pass/step/closure_over_input_across_await.rs";
    step_error_not_send = "../ui-tests/pass/step/error_not_send.rs";
    step_function_called_with_the_store = "../ui-tests/pass/step/function_called_with_the_store.rs";
    step_function_run = "../ui-tests/pass/step/function_run.rs";
    step_generic_without_bound = "../ui-tests/pass/step/generic_without_bound.rs";
    step_generic_without_identity = "../ui-tests/pass/step/generic_without_identity.rs";
    step_impl_future = "../ui-tests/pass/step/impl_future.rs";
    step_method = "../ui-tests/pass/step/method.rs";
    step_name_in_quotes = "../ui-tests/pass/step/name_in_quotes.rs";
    step_named_as_a_trait = "../ui-tests/pass/step/named_as_a_trait.rs";
    step_named_as_the_resource = "../ui-tests/pass/step/named_as_the_resource.rs";
    step_no_name_of_a_type = "../ui-tests/pass/step/no_name_of_a_type.rs";
    step_not_an_error = "../ui-tests/pass/step/not_an_error.rs";
    step_not_send_across_await = "../ui-tests/pass/step/not_send_across_await.rs";
    step_on_a_struct = "../ui-tests/pass/step/on_a_struct.rs";
    step_option_of_out = "../ui-tests/pass/step/option_of_out.rs";
    step_output_twice = "../ui-tests/pass/step/output_twice.rs";
    step_pattern = "../ui-tests/pass/step/pattern.rs";
    step_result_not_declared = "../ui-tests/pass/step/result_not_declared.rs";
    step_return_not_send = "../ui-tests/pass/step/return_not_send.rs";
    step_return_taken = "../ui-tests/pass/step/return_taken.rs";
    step_struct_given_among_others = "../ui-tests/pass/step/struct_given_among_others.rs";
    step_struct_given_instead_of_its_resource = "../ui-tests/pass/step/struct_given_instead_of_its_resource.rs";
    step_struct_instead_of_its_resource = "../ui-tests/pass/step/struct_instead_of_its_resource.rs";
    step_structs_instead_of_resources = "../ui-tests/pass/step/structs_instead_of_resources.rs";
    step_taken_and_given = "../ui-tests/pass/step/taken_and_given.rs";
    step_too_many_outputs = "../ui-tests/pass/step/too_many_outputs.rs";
    step_wrong_value_returned = "../ui-tests/pass/step/wrong_value_returned.rs";
    supplied_twice = "../ui-tests/pass/supplied_twice.rs";
    swap_not_a_step = "../ui-tests/pass/swap/not_a_step.rs";
    swap_not_registered = "../ui-tests/pass/swap/not_registered.rs";
    swap_nothing_stored = "../ui-tests/pass/swap/nothing_stored.rs";
    swap_other_outputs = "../ui-tests/pass/swap/other_outputs.rs";
    swap_stub_needs_more = "../ui-tests/pass/swap/stub_needs_more.rs";
    target_has_another_provider = "../ui-tests/pass/target_has_another_provider.rs";
    target_not_registered = "../ui-tests/pass/target_not_registered.rs";
    two_missing_prerequisites = "../ui-tests/pass/two_missing_prerequisites.rs";
    two_providers = "../ui-tests/pass/two_providers.rs";
    unbounded_generic_code = "../ui-tests/pass/unbounded_generic_code.rs";
    unknown_resource = "../ui-tests/pass/unknown_resource.rs";
    unknown_resource_computed = "../ui-tests/pass/unknown_resource_computed.rs";
    wrong_value_returned = "../ui-tests/pass/wrong_value_returned.rs";
}

#[test]
fn every_twin_is_here() {
    let mut files = BTreeSet::new();
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    for file in ignore::Walk::new(root.join("ui-tests/pass")) {
        let file = file.expect("the cases can be listed").into_path();
        if file.extension() == Some(OsStr::new("rs")) {
            files.insert(Path::new("..").join(file.strip_prefix(root).expect("it is below the root")));
        }
    }
    assert_eq!(files, CASES.iter().map(|case| Path::new(case).to_owned()).collect());
}
