//! Whether time tells secrets apart (计时检验), after Reparaz, Balasch and Verbauwhede, "Dude, is my code constant time?".
//!
//! Two classes of secrets, one fixed and one random, take turns at random; Welch's t over their times, cut at several
//! percentiles, must stay small.  Long and of use on a quiet machine only, so it runs when asked:
//! `cargo test --release -p eseal-gm --lib -- --ignored --nocapture timing`.

use super::*;
use crate::x86::probe::cycles;

/// Traces of each measurement.
const TRACES: usize = 1_000_000;
/// Above it, the classes differ.
const T_MAX: f64 = 4.5;

#[derive(Default)]
struct Welch {
    count: f64,
    mean: f64,
    squares: f64,
}

impl Welch {
    fn add(&mut self, value: f64) {
        self.count += 1.0;
        let delta = value - self.mean;
        self.mean += delta / self.count;
        self.squares += delta * (value - self.mean);
    }

    fn t(&self, other: &Self) -> f64 {
        let error = |class: &Self| class.squares / (class.count - 1.0) / class.count;
        (self.mean - other.mean) / (error(self) + error(other)).sqrt()
    }
}

fn measure(name: &str, mut run: impl FnMut(&Scalar)) {
    let random = |number: usize| Scalar::reduce(&crate::sm3(&number.to_be_bytes()));
    let fixed = Scalar::from_limbs(&[3, 0, 0, 0]); // most of its windows are empty
    let mut times: Vec<(bool, f64)> = Vec::with_capacity(TRACES);
    for chunk in 0..TRACES / 1000 {
        let classes = crate::sm3(&chunk.to_le_bytes()).repeat(4);
        let inputs: Vec<(bool, Scalar)> = (0..1000)
            .map(|index| {
                let class = (classes[index / 8] >> (index % 8)) & 1 == 1;
                (class, Scalar::select(class, &fixed, &random(chunk * 1000 + index)))
            })
            .collect();
        for (class, scalar) in &inputs {
            let start = cycles();
            run(scalar);
            times.push((*class, (cycles() - start) as f64));
        }
    }
    let mut sorted: Vec<f64> = times.iter().map(|(_, time)| *time).collect();
    sorted.sort_by(f64::total_cmp);
    let mut worst = 0.0_f64;
    for percent in [50, 75, 90, 95, 99, 100] {
        let limit = sorted[(sorted.len() - 1) * percent / 100];
        let (mut a, mut b) = (Welch::default(), Welch::default());
        for (class, time) in times.iter().filter(|(_, time)| *time <= limit) {
            if *class { a.add(*time) } else { b.add(*time) }
        }
        let t = a.t(&b);
        println!(
            "{name:24} to {percent:3} %: {:8.0} + {:8.0} traces, {:9.1} / {:9.1} cycles, t = {t:+.2}",
            a.count, b.count, a.mean, b.mean
        );
        worst = worst.max(t.abs());
    }
    assert!(worst < T_MAX, "{name}: |t| = {worst:.2}");
}

fn measure_backend<F: Backend>(name: &str) {
    let comb = Comb::new::<F>(&GENERATOR);
    measure(&format!("[k]G and 1/Z, {name}"), |k| {
        let point = comb.mul::<F>(k);
        std::hint::black_box(point.z.invert::<F>());
    });
    measure(&format!("[k]P, {name}"), |k| {
        std::hint::black_box(Multiples::mul::<F>(&GENERATOR, k));
    });
}

#[test]
#[ignore = "minutes; see above"]
fn timing_does_not_tell_nonces_and_keys_apart() {
    let other = Scalar::from_limbs(&[5, 6, 7, 8]);
    measure("(1+d)⁻¹", |d| {
        std::hint::black_box(d.invert());
    });
    measure("d·k", |d| {
        std::hint::black_box(d.mul(&other));
    });
    measure_backend::<Portable>("portable");
    if x86::has_adx() {
        measure_backend::<x86::Adx>("ADX");
    }
}
