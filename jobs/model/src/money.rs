//! Amounts of money: whole numbers of a currency's minor unit.

/// Currencies without minor units, and those with thousandths (ISO 4217); all others have hundredths.
const WHOLE: &[&str] =
    &["BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "VND", "VUV", "XAF", "XOF", "XPF"];
const FINE: &[&str] = &["BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"];

/// Digits after the point in amounts of a currency (ISO 4217).
#[must_use]
pub fn minor_digits(currency: &str) -> u32 {
    match currency {
        code if WHOLE.contains(&code) => 0,
        code if FINE.contains(&code) => 3,
        _ => 2,
    }
}

/// An amount of at least 0 with a point, exactly: 1234 fen are "12.34".
#[must_use]
pub fn decimal(minor: i64, currency: &str) -> String {
    let digits = minor_digits(currency);
    let per_major = 10_i64.pow(digits);
    match digits {
        0 => minor.to_string(),
        _ => format!("{}.{:0width$}", minor / per_major, minor % per_major, width = digits as usize),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_have_the_digits_of_their_currency() {
        assert_eq!(decimal(123_405, "CNY"), "1234.05");
        assert_eq!(decimal(7, "EUR"), "0.07");
        assert_eq!(decimal(1_234, "JPY"), "1234");
        assert_eq!(decimal(1_234, "KWD"), "1.234");
    }
}
