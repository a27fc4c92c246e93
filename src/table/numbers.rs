//! Numbers in digits, as people and files have them.

/// A whole number with a comma after every three digits from the right.
pub fn grouped(number: impl Into<u128>) -> String {
    let digits = number.into().to_string();
    let mut grouped = String::with_capacity(digits.len() + digits.len() / 3);
    for (position, digit) in digits.char_indices() {
        if position > 0 && (digits.len() - position).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

/// A number with six decimals at most and no trailing zeros.
pub(super) fn decimal(number: f64) -> String {
    let text = format!("{number:.6}");
    text.trim_end_matches('0').trim_end_matches('.').into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_are_set_apart() {
        let numbers = [0u64, 999, 1_000, 144_033, 9_007_199_254_740_992];
        let texts = numbers.map(grouped);
        assert_eq!(texts, ["0", "999", "1,000", "144,033", "9,007,199,254,740,992"]);
    }

    #[test]
    fn decimals_end_where_they_say_nothing_more() {
        assert_eq!([0.5, 0.0, 1.0, 1.0 / 3.0].map(decimal), ["0.5", "0", "1", "0.333333"]);
    }
}
