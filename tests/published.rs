//! Numbers that others certify or publish, beside the repository. Where they are absent the tests say that they are skipped.

use crate::support::shared;
use prompt_analytics::stat;
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

/// The numbers of each line from the 61st on, where the files of NIST have their data.
fn rows(file: &Path) -> Vec<Vec<f64>> {
    let text = fs::read_to_string(file).expect("a file of NIST");
    let row = |line: &str| line.split_whitespace().map(|word| word.parse().expect("a number")).collect();
    text.lines().skip(60).map(row).filter(|row: &Vec<f64>| !row.is_empty()).collect()
}

/// How many digits two numbers share.
fn digits(found: f64, certified: f64) -> f64 {
    if found.to_bits() == certified.to_bits() { 16.0 } else { -((found - certified) / certified).abs().log10() }
}

#[test]
fn a_line_is_that_which_nist_certifies() {
    let Some(file) = shared("statistics/nist/Norris.dat") else { return };
    let points: Vec<(f64, f64)> = rows(&file).iter().map(|row| (row[1], row[0])).collect();
    assert_eq!(points.len(), 36);
    let line = stat::line(&points).expect("a line");
    for (name, found, certified) in [
        ("slope", line.slope, 1.002_116_818_020_45),
        ("intercept", line.intercept, -0.262_323_073_774_029),
        ("deviation of the slope", line.slope_error, 0.429_796_848_199_937e-3),
        ("deviation of the intercept", line.intercept_error, 0.232_818_234_301_152),
        ("residual deviation", line.residual_sd, 0.884_796_396_144_373),
        ("R²", line.r_squared, 0.999_993_745_883_712),
    ] {
        assert!(digits(found, certified) > 11.0, "{name}: {found} is not {certified}");
    }
}

/// The analysis of variance of one file, from means and deviations: F, R² and the residual deviation.
fn variance(file: &Path) -> (f64, f64, f64) {
    let mut groups: BTreeMap<i64, Vec<f64>> = BTreeMap::new();
    #[allow(clippy::cast_possible_truncation, reason = "treatments are numbered from 1 to 9")]
    for row in rows(file) {
        groups.entry(row[0] as i64).or_default().push(row[1]);
    }
    let all: Vec<f64> = groups.values().flatten().copied().collect();
    let mean = stat::mean(&all).expect("a mean");
    let count = |values: &[f64]| stat::sum(values.iter().map(|_| 1.0));
    let between = stat::sum(groups.values().map(|group| {
        let off = stat::mean(group).expect("a mean") - mean;
        count(group) * off * off
    }));
    let within = stat::sum(groups.values().map(|group| {
        let sd = stat::sd(group).expect("a deviation");
        (count(group) - 1.0) * sd * sd
    }));
    let freedom = count(&all) - 9.0;
    ((between / 8.0) / (within / freedom), between / (between + within), (within / freedom).sqrt())
}

#[test]
fn means_and_deviations_are_those_which_nist_certifies() {
    for (name, count, f, r_squared) in [
        ("SmLs01", 189, 21.0, 0.482_758_620_689_655),
        ("SmLs02", 1_809, 201.0, 0.471_830_985_915_493),
        ("SmLs03", 18_009, 2_001.0, 0.470_712_773_465_067),
    ] {
        let Some(file) = shared(&format!("statistics/nist/{name}.dat")) else { return };
        assert_eq!(rows(&file).len(), count);
        let found = variance(&file);
        for (found, certified) in [(found.0, f), (found.1, r_squared), (found.2, 0.1)] {
            assert!(digits(found, certified) > 12.0, "{name}: {found} is not {certified}");
        }
    }
}

#[test]
fn exact_sums_of_decimals_give_the_same() {
    let Some(file) = shared("statistics/nist/SmLs03.dat") else { return };
    let values: Vec<f64> = rows(&file).iter().map(|row| row[1]).collect();
    #[allow(clippy::cast_possible_truncation, reason = "decimals of one place, as whole tenths")]
    let moments = stat::Moments::of(values.iter().map(|value| (value * 10.0).round() as i64));
    for (floats, integers) in [(stat::mean(&values), moments.mean()), (stat::sd(&values), moments.sd())] {
        assert!(digits(floats.expect("a number"), integers.expect("a number") / 10.0) > 14.0);
    }
}

#[test]
fn intervals_of_shares_are_those_of_r() {
    let Some(file) = shared("statistics/r_binom_confint.csv") else { return };
    let text = fs::read_to_string(file).expect("the intervals");
    let mut compared = BTreeMap::new();
    for line in text.lines().skip(1) {
        let fields: Vec<&str> = line.split(',').collect();
        let (k, n): (u64, u64) = (fields[0].parse().expect("k"), fields[1].parse().expect("n"));
        let (low, high): (f64, f64) = (fields[4].parse().expect("an end"), fields[5].parse().expect("an end"));
        assert_eq!(fields[2], "0.95");
        let found = match fields[3] {
            "wilson" => stat::wilson(k, n),
            // Of 30 they are the densest interval and not the one between equal tails; once R has no number.
            "bayes" if n != 30 && !low.is_nan() => stat::share_interval(k, n),
            _ => continue,
        };
        assert!((found.0 - low).abs() < 1e-7 && (found.1 - high).abs() < 1e-7, "{line}: {found:?}");
        *compared.entry(fields[3].to_owned()).or_insert(0) += 1;
    }
    assert_eq!(compared.into_values().collect::<Vec<_>>(), [3, 8]);
}
