//! Confidence in words.

/// How sure a finding is, in words; nothing for what was simply observed.
pub fn likelihood(confidence: f64) -> Option<String> {
    let words = match confidence {
        certain if certain.is_nan() || certain >= 1.0 => return None,
        high if high >= 0.95 => "very likely",
        low if low < 0.5 => "unlikely",
        _ => "likely",
    };
    let number = format!("{confidence:.2}");
    Some(if number == "1.00" { format!("{words} (>0.99)") } else { format!("{words} ({number})") })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn confidence_is_worded_and_never_rounds_to_certainty() {
        assert_eq!(likelihood(0.7).as_deref(), Some("likely (0.70)"));
        assert_eq!(likelihood(0.9512).as_deref(), Some("very likely (0.95)"));
        assert_eq!(likelihood(0.9999).as_deref(), Some("very likely (>0.99)"));
        assert_eq!(likelihood(1.0), None);
    }
}
