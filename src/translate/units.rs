//! Quantities in the canonical form that the API server answers with, so that what was applied is what is read.

use k8s_openapi::apimachinery::pkg::api::resource::Quantity;

use crate::model::units::Mebibytes;

/// CPU, in millicores: `1500` is `1500m`, `2000` is `2`.
pub(super) fn millicores(milli: u64) -> Quantity {
    thousandths(milli)
}

/// What has no unit: `600` is `600m`, `1000` is `1`.
pub(super) fn thousandths(milli: u64) -> Quantity {
    if milli.is_multiple_of(1000) {
        Quantity((milli / 1000).to_string())
    } else {
        Quantity(format!("{milli}m"))
    }
}

/// Memory: `512` is `512Mi`, `2048` is `2Gi`.
pub(super) fn memory(size: Mebibytes) -> Quantity {
    binary(size.0.into(), &["Mi", "Gi", "Ti", "Pi"])
}

/// Storage: `100` is `100Gi`, `2048` is `2Ti`.
pub(super) fn gibibytes(size: u32) -> Quantity {
    binary(size.into(), &["Gi", "Ti", "Pi", "Ei"])
}

/// Memory that is not counted in MiB: `2048` is `2Mi`.
pub(super) fn kibibytes(size: u64) -> Quantity {
    binary(size, &["Ki", "Mi", "Gi", "Ti"])
}

fn binary(mut number: u64, suffixes: &[&str; 4]) -> Quantity {
    let mut suffixes = suffixes.iter();
    let mut suffix = suffixes.next().copied().unwrap_or_default();
    while number > 0 && number.is_multiple_of(1024) {
        let Some(next) = suffixes.next() else { break };
        (number, suffix) = (number / 1024, next);
    }
    if number == 0 { Quantity("0".to_owned()) } else { Quantity(format!("{number}{suffix}")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantities_are_canonical() {
        for (quantity, text) in [
            (millicores(250), "250m"),
            (millicores(1000), "1"),
            (millicores(1500), "1500m"),
            (thousandths(0), "0"),
            (thousandths(600), "600m"),
            (thousandths(1000), "1"),
            (memory(Mebibytes(512)), "512Mi"),
            (memory(Mebibytes(1024)), "1Gi"),
            (memory(Mebibytes(1536)), "1536Mi"),
            (memory(Mebibytes(1024 * 1024)), "1Ti"),
            (memory(Mebibytes(0)), "0"),
            (gibibytes(100), "100Gi"),
            (gibibytes(16384), "16Ti"),
            (kibibytes(100), "100Ki"),
            (kibibytes(1536 * 1024), "1536Mi"),
        ] {
            assert_eq!(quantity.0, text);
        }
    }
}
