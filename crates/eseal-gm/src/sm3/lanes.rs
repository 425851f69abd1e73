//! Lanes of messages side by side (并行通道), for processors that hash several at a time.

use super::{BLOCK, STATE, Tail, digest};

/// States side by side: word, then lane.
pub(crate) type States<const L: usize> = [[u32; L]; 8];

/// Runs `count` blocks of each lane through the compression function; every input has that many.
pub(crate) type Compress<const L: usize> = fn(&mut States<L>, &[&[[u8; BLOCK]]; L], usize);

/// One message on its way.
struct Lane<'a> {
    message: usize,
    blocks: &'a [[u8; BLOCK]],
    tail: Tail,
    in_tail: usize,
}

impl<'a> Lane<'a> {
    fn new(number: usize, message: &'a [u8]) -> Self {
        let (blocks, rest) = message.as_chunks();
        Self { message: number, blocks, tail: Tail::new(rest, super::len_of(message)), in_tail: 0 }
    }

    /// What is to be hashed next: the message's own blocks, then its tail.
    fn next(&self) -> &[[u8; BLOCK]] {
        if self.blocks.is_empty() { self.tail.blocks().get(self.in_tail..).unwrap_or_default() } else { self.blocks }
    }

    fn advance(&mut self, count: usize) {
        match self.blocks.get(count..) {
            Some(rest) if !self.blocks.is_empty() => self.blocks = rest,
            _ => self.in_tail += count,
        }
    }
}

/// Below this share of busy lanes, what remains is hashed one by one.
const BUSY_AT_LEAST: usize = 4;

pub(super) fn hash<const L: usize>(messages: &[&[u8]], compress: Compress<L>) -> Vec<[u8; 32]> {
    let mut digests = vec![[0; 32]; messages.len()];
    let mut waiting = messages.iter().enumerate().map(|(number, message)| Lane::new(number, message));
    let mut lanes: [Option<Lane<'_>>; L] = std::array::from_fn(|_| waiting.next());
    let mut states: States<L> = STATE.map(|word| [word; L]);
    loop {
        let busy = lanes.iter().flatten();
        let Some(count) = busy.clone().map(|lane| lane.next().len()).min() else { return digests };
        if busy.count() * BUSY_AT_LEAST < L {
            finish_alone(&mut digests, &lanes, &states);
            return digests;
        }
        let idle = vec![[0; BLOCK]; if lanes.iter().any(Option::is_none) { count } else { 0 }];
        let inputs: [&[[u8; BLOCK]]; L] =
            std::array::from_fn(|lane| lanes.get(lane).and_then(Option::as_ref).map_or(idle.as_slice(), Lane::next));
        compress(&mut states, &inputs, count);
        for (index, slot) in lanes.iter_mut().enumerate() {
            let Some(lane) = slot else { continue };
            lane.advance(count);
            if lane.next().is_empty() {
                if let Some(place) = digests.get_mut(lane.message) {
                    *place = digest(&column(&states, index));
                }
                *slot = waiting.next();
                for (row, word) in states.iter_mut().zip(STATE) {
                    if let Some(cell) = row.get_mut(index) {
                        *cell = word;
                    }
                }
            }
        }
    }
}

fn finish_alone<const L: usize>(digests: &mut [[u8; 32]], lanes: &[Option<Lane<'_>>; L], states: &States<L>) {
    for (index, lane) in lanes.iter().enumerate() {
        let Some(lane) = lane else { continue };
        let mut state = column(states, index);
        super::compress(&mut state, lane.blocks);
        super::compress(&mut state, lane.tail.blocks().get(lane.in_tail..).unwrap_or_default());
        if let Some(place) = digests.get_mut(lane.message) {
            *place = digest(&state);
        }
    }
}

fn column<const L: usize>(states: &States<L>, lane: usize) -> [u32; 8] {
    states.map(|row| row.get(lane).copied().unwrap_or_default())
}
