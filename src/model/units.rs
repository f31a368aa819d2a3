//! Sizes as ECS counts them: CPU units and MiB.

use std::fmt;

/// CPU units: 1024 are one vCPU.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CpuUnits(pub u32);

/// Memory in MiB, the unit of every memory member of the ECS API.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Mebibytes(pub u32);

impl CpuUnits {
    /// Reads task-level `cpu`: digits are CPU units, a decimal with `vCPU` (any case) counts 1024 each.
    ///
    /// Source: RegisterTaskDefinition `cpu`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        size(text, "vcpu").map(Self)
    }

    /// Millicores, rounded up: 1024 units are 1000m, so a request never is less than what ECS reserves.
    #[must_use]
    pub const fn millicores(self) -> u64 {
        (self.0 as u64 * 1000).div_ceil(1024)
    }

    /// Millicores, rounded down: for parts whose sum must not exceed [`Self::millicores`] of the whole.
    #[must_use]
    pub const fn millicores_floor(self) -> u64 {
        self.0 as u64 * 1000 / 1024
    }
}

impl Mebibytes {
    /// Reads task-level `memory`: digits are MiB, a decimal with `GB` (any case) counts 1024 MiB each.
    ///
    /// Source: RegisterTaskDefinition `memory`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        size(text, "gb").map(Self)
    }
}

impl fmt::Display for CpuUnits {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Display for Mebibytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

fn size(text: &str, unit: &str) -> Option<u32> {
    let text = text.trim().to_ascii_lowercase();
    let Some(number) = text.strip_suffix(unit) else {
        let plain = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
        return plain.then(|| text.parse().ok()).flatten();
    };
    let number = number.trim_end();
    let decimal = number.bytes().all(|b| b.is_ascii_digit() || b == b'.');
    let value = decimal.then(|| number.parse::<f64>().ok()).flatten()? * 1024.0;
    // Half a unit would be neither here nor there; ECS stores integers.
    (value.fract() == 0.0 && value <= f64::from(u32::MAX)).then_some(value as u32)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn sizes_are_digits_or_decimals_with_a_unit() {
        let cpu = |text| CpuUnits::parse(text).map(|c| c.0);
        for (text, units) in [
            ("256", Some(256)),
            ("1 vCPU", Some(1024)),
            (".25 vCPU", Some(256)),
            ("0.5vcpu", Some(512)),
            (" 2 VCPU ", Some(2048)),
            ("", None),
            ("vcpu", None),
            ("1e3 vcpu", None),
            ("-1", None),
            ("500m", None),
            ("99999999999", None),
        ] {
            assert_eq!(cpu(text), units, "{text}");
        }
        assert_eq!(Mebibytes::parse("0.5 GB"), Some(Mebibytes(512)));
        assert_eq!(Mebibytes::parse("2gb"), Some(Mebibytes(2048)));
        assert_eq!(Mebibytes::parse("512Mi"), None);
    }

    #[test]
    fn millicores_of_the_usual_sizes() {
        for (units, milli) in [(256, 250), (512, 500), (1024, 1000), (333, 326), (10, 10), (2, 2), (0, 0)] {
            assert_eq!(CpuUnits(units).millicores(), milli, "{units}");
        }
    }

    proptest! {
        #[test]
        fn millicores_never_reserve_less_and_never_a_whole_millicore_more(units in 0u32..=262_144) {
            let milli = CpuUnits(units).millicores();
            prop_assert!(milli * 1024 >= u64::from(units) * 1000);
            prop_assert!(milli * 1024 < u64::from(units) * 1000 + 1024);
        }

        #[test]
        fn parts_never_exceed_the_whole(parts in prop::collection::vec(0u32..10_000, 0..10)) {
            let whole = CpuUnits(parts.iter().sum());
            let sum: u64 = parts.iter().map(|part| CpuUnits(*part).millicores_floor()).sum();
            prop_assert!(sum <= whole.millicores());
        }
    }
}
