//! Every line is accounted for.

use super::{config, ingested_whole, model, naive, now_ns};
use prompt_analytics::coverage::Coverage;
use proptest::prelude::*;

/// What two coverages of one log share: all but the names of places.
pub fn accounts(coverage: &Coverage) -> Coverage {
    Coverage { place: String::new(), first_skipped: None, ..coverage.clone() }
}

proptest! {
    #![proptest_config(config(200))]

    #[test]
    fn every_line_is_one_thing_and_every_count_is_the_one_made_by_hand(log in model::log(60)) {
        let known = naive::read([log.bytes().as_slice()], now_ns());
        let (ingested, _home) = ingested_whole(&log);
        prop_assert!(ingested.coverage.adds_up());
        prop_assert_eq!(accounts(&ingested.coverage), known.coverage);
    }
}
