//! The core and its peers under criterion, in processor time of the measuring thread: `cargo bench`.

use criterion::{
    Criterion, Throughput, criterion_group, criterion_main,
    measurement::{Measurement, ValueFormatter, WallTime},
};
use peers::{groups, processor_nanoseconds};

/// Processor time of this thread; shown as criterion shows wall time.
struct ProcessorTime;

impl Measurement for ProcessorTime {
    type Intermediate = u64;
    type Value = u64;

    fn start(&self) -> u64 {
        processor_nanoseconds()
    }

    fn end(&self, start: u64) -> u64 {
        processor_nanoseconds() - start
    }

    fn add(&self, left: &u64, right: &u64) -> u64 {
        left + right
    }

    fn zero(&self) -> u64 {
        0
    }

    fn to_f64(&self, value: &u64) -> f64 {
        *value as f64
    }

    fn formatter(&self) -> &dyn ValueFormatter {
        WallTime.formatter()
    }
}

fn core_and_peers(criterion: &mut Criterion<ProcessorTime>) {
    for group in groups() {
        let mut measured = criterion.benchmark_group(group.name);
        for mut candidate in group.candidates {
            measured.throughput(if group.bytes {
                Throughput::Bytes(candidate.amount)
            } else {
                Throughput::Elements(candidate.amount)
            });
            measured.bench_function(candidate.name, |bencher| bencher.iter(&mut candidate.call));
        }
        measured.finish();
    }
}

criterion_group! {
    name = core;
    config = Criterion::default().with_measurement(ProcessorTime);
    targets = core_and_peers
}
criterion_main!(core);
