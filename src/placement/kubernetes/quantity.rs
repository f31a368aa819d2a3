//! Kubernetes quantities as whole numbers.
//!
//! Source: `k8s.io/apimachinery/pkg/api/resource`, the serialization format of `Quantity`.

use std::num::IntErrorKind;

/// Digits after the point that are read; of the others only whether there are any.
const FRACTION: usize = 9;
/// As many digits as are a 64-bit number whatever they are.
const SHORT: usize = 18;

/// What a number with this suffix counts, in billionths: times the first number, divided by the second one. `None` if
/// there is no such suffix.
pub(crate) fn scale(suffix: &str) -> Option<(u128, u128)> {
    let factor = match suffix {
        "n" => 1,
        "u" => 1_000,
        "m" => 1_000_000,
        "" => NANO,
        "k" => NANO * 1_000,
        "M" => NANO * 1_000_000,
        "G" => NANO * 1_000_000_000,
        "T" => NANO * 1_000_000_000_000,
        "P" => NANO * 1_000_000_000_000_000,
        "E" => NANO * 1_000_000_000_000_000_000,
        "Ki" => NANO << 10,
        "Mi" => NANO << 20,
        "Gi" => NANO << 30,
        "Ti" => NANO << 40,
        "Pi" => NANO << 50,
        "Ei" => NANO << 60,
        _ => {
            let exponent: i32 = match suffix.strip_prefix(['e', 'E'])?.parse::<i32>() {
                Ok(exponent) => exponent,
                Err(error) if *error.kind() == IntErrorKind::PosOverflow => i32::MAX,
                Err(error) if *error.kind() == IntErrorKind::NegOverflow => i32::MIN,
                Err(_) => return None,
            };
            let power = 10_u128.saturating_pow(exponent.unsigned_abs());
            return Some(if exponent < 0 { (NANO, power) } else { (NANO.saturating_mul(power), 1) });
        }
    };
    Some((factor, 1))
}

/// A quantity in billionths, the next whole number above; the greatest one for what is more. `None` if it is none, or
/// negative.
fn nano(text: &str) -> Option<u128> {
    let text = text.trim();
    let text = text.strip_prefix('+').unwrap_or(text);
    let number = text.bytes().position(|byte| !byte.is_ascii_digit() && byte != b'.').unwrap_or(text.len());
    let (number, suffix) = text.split_at_checked(number)?;
    let (factor, divisor) = scale(suffix)?;
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    if whole.is_empty() && fraction.is_empty() || fraction.contains('.') {
        return None;
    }
    // Nearly all quantities are whole numbers of few digits, and there are some for every node.
    if fraction.is_empty() && whole.len() <= SHORT && divisor == 1 {
        let number = whole.bytes().fold(0, |number, digit| number * 10 + u64::from(digit - b'0'));
        return Some(u128::from(number).saturating_mul(factor));
    }
    let fraction = fraction.trim_end_matches('0');
    let (fraction, beyond) = fraction.split_at_checked(FRACTION).unwrap_or((fraction, ""));
    // Nothing but digits: what cannot be read is too long.
    let digits = format!("0{whole}{fraction}").parse().unwrap_or(u128::MAX);
    let digits = digits.saturating_add(u128::from(!beyond.is_empty()));
    let divisor = divisor.saturating_mul(10_u128.pow(u32::try_from(fraction.len()).ok()?));
    Some(digits.checked_mul(factor).map_or(u128::MAX, |product| product.div_ceil(divisor)))
}

/// Whether a text is a quantity, and not a negative one.
#[must_use]
pub fn is_quantity(text: &str) -> bool {
    nano(text).is_some()
}

const NANO: u128 = 1_000_000_000;

/// How a quantity that is no whole number of the unit becomes one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Round {
    /// What there is.
    Down,
    /// What is needed.
    Up,
}

/// A unit, in billionths.
#[derive(Clone, Copy, Debug)]
pub(super) enum Unit {
    Millicores,
    Kibibytes,
    Pieces,
}

/// A quantity in whole units; what is no quantity is nothing, what is too much is as much as can be counted.
pub(super) fn whole(text: &str, unit: Unit, round: Round) -> u64 {
    let unit = match unit {
        Unit::Millicores => NANO / 1_000,
        Unit::Kibibytes => NANO << 10,
        Unit::Pieces => NANO,
    };
    let nano = nano(text).unwrap_or_default();
    let units = if round == Round::Up { nano.div_ceil(unit) } else { nano / unit };
    u64::try_from(units).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantities_are_read_in_every_notation() {
        for (text, unit, down, up) in [
            ("2", Unit::Millicores, 2_000, 2_000),
            ("1.5", Unit::Millicores, 1_500, 1_500),
            (".5", Unit::Millicores, 500, 500),
            ("250m", Unit::Millicores, 250, 250),
            ("1500u", Unit::Millicores, 1, 2),
            ("1n", Unit::Millicores, 0, 1),
            ("16069244Ki", Unit::Kibibytes, 16_069_244, 16_069_244),
            ("512Mi", Unit::Kibibytes, 524_288, 524_288),
            ("1.5Gi", Unit::Kibibytes, 1_572_864, 1_572_864),
            ("100M", Unit::Kibibytes, 97_656, 97_657),
            ("1e3", Unit::Kibibytes, 0, 1),
            ("1024e-1", Unit::Kibibytes, 0, 1),
            ("1E", Unit::Kibibytes, 976_562_500_000_000, 976_562_500_000_000),
            ("110", Unit::Pieces, 110, 110),
            ("1.0000000000000000000000000000000000000000000", Unit::Pieces, 1, 1),
            ("0.0000000000000000000000000000000000000000001", Unit::Pieces, 0, 1),
            ("1e30", Unit::Millicores, u64::MAX, u64::MAX),
            ("1e99999999999", Unit::Millicores, u64::MAX, u64::MAX),
            ("0e99", Unit::Millicores, 0, 0),
            ("1e-60", Unit::Millicores, 0, 1),
            ("1e-99999999999", Unit::Millicores, 0, 1),
            ("9999999999999999999999999999999999999999999", Unit::Pieces, u64::MAX, u64::MAX),
            ("999999999999E", Unit::Kibibytes, u64::MAX, u64::MAX),
            ("1e", Unit::Pieces, 0, 0),
            ("1024000m", Unit::Kibibytes, 1, 1),
            ("much", Unit::Pieces, 0, 0),
            ("-1", Unit::Pieces, 0, 0),
            ("", Unit::Pieces, 0, 0),
            ("1.2.3", Unit::Pieces, 0, 0),
        ] {
            assert_eq!((whole(text, unit, Round::Down), whole(text, unit, Round::Up)), (down, up), "{text}");
        }
        for (text, is_one) in [("2", true), ("8Gi", true), ("8GB", false), ("-2", false), ("two", false)] {
            assert_eq!(is_quantity(text), is_one, "{text}");
        }
    }
}
