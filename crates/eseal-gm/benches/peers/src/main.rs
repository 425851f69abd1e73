//! All peers in one run, one thread, in turns: `cargo run --release --bin peers [rounds]`.
//!
//! Machines under load measure little in absolute terms, so each round gives every candidate its turn, and what
//! counts is the best of each and the ratios. `cargo bench` gives the same candidates to criterion.

use peers::{Candidate, groups, processor_nanoseconds};

fn main() {
    let rounds = std::env::args().nth(1).and_then(|text| text.parse().ok()).unwrap_or(20);
    for mut group in groups() {
        let mut best = vec![0.0_f64; group.candidates.len()];
        for _ in 0..rounds {
            for (best, candidate) in best.iter_mut().zip(&mut group.candidates) {
                *best = best.max(rate(candidate));
            }
        }
        let (scale, unit) = if group.bytes { (1e6, "MB/s") } else { (1.0, "/s") };
        for (best_of_one, candidate) in best.iter().zip(&group.candidates) {
            let label = format!("{} {}", group.name, candidate.name);
            let ratio = best_of_one / best[0];
            println!("{label:34} {:10.0} {unit:4} {ratio:6.2} × {}", best_of_one / scale, group.candidates[0].name);
        }
    }
}

/// Operations or bytes per second of processor time, over some milliseconds.
fn rate(candidate: &mut Candidate) -> f64 {
    let (start, mut amount) = (processor_nanoseconds(), 0);
    loop {
        for _ in 0..8 {
            (candidate.call)();
        }
        amount += 8 * candidate.amount;
        let spent = processor_nanoseconds() - start;
        if spent > 20_000_000 {
            return amount as f64 / (spent as f64 / 1e9);
        }
    }
}
