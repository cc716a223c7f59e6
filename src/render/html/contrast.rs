//! Whether every text of the page can be read: the contrast of WCAG 2, worked out from the variables of the style sheet.

use std::collections::BTreeMap;

const STYLE: &str = include_str!("style.css");

/// A colour in the light and in the dark theme, without its opacity.
type Pair = [[u8; 3]; 2];

fn colours() -> BTreeMap<&'static str, Pair> {
    let pairs = STYLE.lines().filter_map(|line| {
        let (name, rest) = line.trim().strip_prefix("--")?.split_once(": light-dark(")?;
        let (light, dark) = rest.strip_suffix(");")?.split_once(", ")?;
        Some((name, [light, dark].map(colour)))
    });
    pairs.collect()
}

fn colour(hex: &str) -> [u8; 3] {
    let digits = hex.strip_prefix('#').expect("a colour in hexadecimal digits");
    [0, 2, 4].map(|at| u8::from_str_radix(&digits[at..at + 2], 16).expect("two digits"))
}

/// The relative luminance of WCAG 2.2.
fn luminance(colour: [u8; 3]) -> f64 {
    let [red, green, blue] = colour.map(|part| {
        let part = f64::from(part) / 255.0;
        if part <= 0.04045 { part / 12.92 } else { ((part + 0.055) / 1.055).powf(2.4) }
    });
    0.2126 * red + 0.7152 * green + 0.0722 * blue
}

fn contrast(one: [u8; 3], other: [u8; 3]) -> f64 {
    let (a, b) = (luminance(one), luminance(other));
    (a.max(b) + 0.05) / (a.min(b) + 0.05)
}

#[test]
fn contrast_is_that_of_the_guidelines() {
    let near = |a: f64, b: f64| (a - b).abs() < 0.005;
    assert!(near(contrast([0; 3], [255; 3]), 21.0) && near(contrast([9; 3], [9; 3]), 1.0));
    assert!(near(contrast(colour("#767676"), [255; 3]), 4.54));
}

#[test]
fn every_text_can_be_read_in_both_themes() {
    let colours = colours();
    let texts = colours.keys().filter(|name| !["ground", "raised", "line", "rest"].contains(name));
    let mut pairs = 0;
    for text in texts {
        for ground in ["ground", "raised"] {
            for theme in [0, 1] {
                let contrast = contrast(colours[text][theme], colours[ground][theme]);
                assert!(contrast >= 4.5, "{text} on {ground} has a contrast of {contrast:.2} in theme {theme}");
                pairs += 1;
            }
        }
    }
    assert_eq!(pairs, (4 + 8) * 4, "ink, quiet, accent, warn and eight series");
}

#[test]
fn the_style_takes_its_colours_from_the_variables() {
    let rules = STYLE.split_once('}').expect("the variables").1;
    assert!(!rules.contains("rgb(") && !rules.contains("hsl("));
    let hexadecimal = rules.split('#').skip(1).find(|rest| rest.starts_with(|c: char| c.is_ascii_hexdigit()));
    assert_eq!(hexadecimal, None);
    let own = ["of"];
    for used in rules.split("var(--").skip(1).map(|rest| rest.split(')').next().unwrap_or_default()) {
        assert!(own.contains(&used) || colours().contains_key(used), "{used}");
    }
}
