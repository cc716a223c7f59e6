//! Order: the engine's plan made to keep the order of its rows. Its threads would otherwise show in what comes first where
//! a statement does not say, and in the last digits of sums.

use polars::prelude::{DslPlan, MaintainOrderJoin};
use std::sync::Arc;

/// The plan with every step told to keep the order of what it is given.
pub(super) fn kept(plan: DslPlan) -> DslPlan {
    let below = |input: Arc<DslPlan>| Arc::new(kept(Arc::unwrap_or_clone(input)));
    let all = |inputs: Vec<DslPlan>| inputs.into_iter().map(kept).collect::<Vec<_>>();
    match plan {
        DslPlan::GroupBy { input, keys, predicates, aggs, maintain_order: _, options, apply } => {
            DslPlan::GroupBy { input: below(input), keys, predicates, aggs, maintain_order: true, options, apply }
        }
        DslPlan::Distinct { input, mut options } => {
            options.maintain_order = true;
            DslPlan::Distinct { input: below(input), options }
        }
        DslPlan::Sort { input, by_column, slice, mut sort_options } => {
            sort_options.maintain_order = true;
            DslPlan::Sort { input: below(input), by_column, slice, sort_options }
        }
        DslPlan::Join { input_left, input_right, left_on, right_on, predicates, options } => {
            let mut options = Arc::unwrap_or_clone(options);
            options.args.maintain_order = MaintainOrderJoin::LeftRight;
            let (input_left, input_right) = (below(input_left), below(input_right));
            DslPlan::Join { input_left, input_right, left_on, right_on, predicates, options: Arc::new(options) }
        }
        DslPlan::Union { inputs, mut args } => {
            args.maintain_order = true;
            DslPlan::Union { inputs: all(inputs), args }
        }
        DslPlan::Filter { input, predicate } => DslPlan::Filter { input: below(input), predicate },
        DslPlan::Cache { input, id } => DslPlan::Cache { input: below(input), id },
        DslPlan::Select { expr, input, options } => DslPlan::Select { expr, input: below(input), options },
        DslPlan::HStack { input, exprs, options } => DslPlan::HStack { input: below(input), exprs, options },
        DslPlan::Slice { input, offset, len } => DslPlan::Slice { input: below(input), offset, len },
        DslPlan::MapFunction { input, function } => DslPlan::MapFunction { input: below(input), function },
        DslPlan::HConcat { inputs, options } => DslPlan::HConcat { inputs: all(inputs), options },
        DslPlan::ExtContext { input, contexts } => DslPlan::ExtContext { input: below(input), contexts: all(contexts) },
        // What it was compiled to keeps no order; it is compiled again.
        DslPlan::IR { dsl, .. } => kept(Arc::unwrap_or_clone(dsl)),
        other => other,
    }
}
