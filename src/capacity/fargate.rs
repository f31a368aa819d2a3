//! The task sizes that Fargate has.

use crate::model::units::{CpuUnits, Mebibytes};

/// Memory that goes with a CPU size, in MiB.
enum Memory {
    OneOf(&'static [u32]),
    Range { from: u32, to: u32, step: u32 },
}

const SIZES: &[(u32, Memory)] = &[
    (256, Memory::OneOf(&[512, 1024, 2048])),
    (512, range(1024, 4096, 1024)),
    (1024, range(2048, 8192, 1024)),
    (2048, range(4096, 16384, 1024)),
    (4096, range(8192, 30720, 1024)),
    (8192, range(16384, 61440, 4096)),
    (16384, range(32768, 122_880, 8192)),
    (32768, Memory::OneOf(&[61440, 122_880, 249_856])),
];

const fn range(from: u32, to: u32, step: u32) -> Memory {
    Memory::Range { from, to, step }
}

/// Whether Fargate has a configuration of this size. Windows has neither the smallest nor the largest.
///
/// Source: developer guide, "Task CPU and memory" of Fargate task definitions.
#[must_use]
pub fn has_size(cpu: CpuUnits, memory: Mebibytes, windows: bool) -> bool {
    if windows && !(1024..=4096).contains(&cpu.0) {
        return false;
    }
    SIZES.iter().find(|(units, _)| *units == cpu.0).is_some_and(|(_, allowed)| match allowed {
        Memory::OneOf(values) => values.contains(&memory.0),
        Memory::Range { from, to, step } => {
            (*from..=*to).contains(&memory.0) && memory.0.is_multiple_of(*step)
        }
    })
}

/// What EKS adds to each pod for its own components, in MiB.
const OF_EKS: u32 = 256;

/// The size of the machine that EKS Fargate takes for a pod of this size, or `None` where it has none.
///
/// Source: EKS user guide, "Fargate Pod configuration": the smallest configuration that holds the pod's requests
/// and 256 MB more. The largest one of ECS is not among them.
#[must_use]
pub fn of_pod(cpu: CpuUnits, memory: Mebibytes) -> Option<(CpuUnits, Mebibytes)> {
    let needed = memory.0.saturating_add(OF_EKS);
    SIZES.iter().filter(|(units, _)| *units >= cpu.0 && *units <= 16384).find_map(|(units, allowed)| {
        let memory = match allowed {
            Memory::OneOf(values) => values.iter().copied().find(|value| *value >= needed),
            Memory::Range { from, to, step } => {
                let steps = needed.saturating_sub(*from).div_ceil(*step);
                Some(from + steps * step).filter(|memory| memory <= to)
            }
        };
        Some((CpuUnits(*units), Mebibytes(memory?)))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_size_table() {
        for (cpu, memory, windows, valid) in [
            (256, 512, false, true),
            (256, 1536, false, false),
            (256, 512, true, false),
            (512, 4096, false, true),
            (512, 512, false, false),
            (1024, 1024, false, false),
            (1024, 8192, true, true),
            (4096, 30720, false, true),
            (4096, 31744, false, false),
            (8192, 20480, false, true),
            (8192, 17408, false, false),
            (8192, 20480, true, false),
            (16384, 122_880, false, true),
            (32768, 249_856, false, true),
            (300, 1024, false, false),
        ] {
            assert_eq!(has_size(CpuUnits(cpu), Mebibytes(memory), windows), valid, "{cpu}/{memory}");
        }
    }

    #[test]
    fn eks_takes_the_next_size_that_holds_its_own_part() {
        let gib = |memory: u32| memory * 1024;
        for (cpu, memory, expected) in [
            (256, 512, Some((256, 1024))),
            (256, gib(2), Some((512, gib(3)))),
            (512, gib(4), Some((1024, gib(5)))),
            (1024, gib(8), Some((2048, gib(9)))),
            (4096, gib(30), Some((8192, gib(32)))),
            (8192, gib(60), Some((16384, gib(64)))),
            (16384, gib(120), None),
        ] {
            let found = of_pod(CpuUnits(cpu), Mebibytes(memory)).map(|(cpu, memory)| (cpu.0, memory.0));
            assert_eq!(found, expected, "{cpu} {memory}");
        }
    }
}
