//! Handles (句柄): an index and a generation, never an address.

/// Bits of a handle that are the index.
const INDEX_BITS: u32 = 12;
/// Most objects of one kind at a time: more than any server opens, and a leak is seen soon.
const MAX: usize = 1 << INDEX_BITS;
/// Bits of a handle that are the kind.
const KIND_BITS: u32 = 3;

/// Objects by handle (句柄表).  The kind keeps apart handles of devices, applications, containers and keys.
pub(crate) struct Table<T> {
    kind: usize,
    slots: Vec<(usize, Option<T>)>,
}

impl<T> Table<T> {
    /// `kind` is 1 to 7.
    pub(crate) const fn new(kind: usize) -> Self {
        Self { kind, slots: Vec::new() }
    }

    /// Keeps an object; `None` if the table is full.
    pub(crate) fn insert(&mut self, object: T) -> Option<usize> {
        let index = match self.slots.iter().position(|(_, object)| object.is_none()) {
            Some(index) => index,
            None if self.slots.len() < MAX => {
                self.slots.push((0, None));
                self.slots.len() - 1
            }
            None => return None,
        };
        let slot = self.slots.get_mut(index)?;
        // The generation wraps after 2^17 uses of a slot where addresses have 32 bits, after 2^49 elsewhere.
        slot.0 = (slot.0 + 1) & (usize::MAX >> (INDEX_BITS + KIND_BITS));
        slot.1 = Some(object);
        Some(self.handle(index, slot_generation(&self.slots, index)))
    }

    pub(crate) fn find(&self, handle: usize) -> Option<&T> {
        let (generation, object) = self.slots.get(handle >> KIND_BITS & (MAX - 1))?;
        (self.handle(handle >> KIND_BITS & (MAX - 1), *generation) == handle).then_some(object.as_ref()).flatten()
    }

    pub(crate) fn remove(&mut self, handle: usize) -> Option<T> {
        self.find(handle)?;
        self.slots.get_mut(handle >> KIND_BITS & (MAX - 1))?.1.take()
    }

    /// Drops every object that does not fulfil a condition.
    pub(crate) fn retain(&mut self, keep: impl Fn(&T) -> bool) {
        for (_, object) in &mut self.slots {
            if object.as_ref().is_some_and(|object| !keep(object)) {
                *object = None;
            }
        }
    }

    /// Never 0, because the kind is not.
    fn handle(&self, index: usize, generation: usize) -> usize {
        generation << (INDEX_BITS + KIND_BITS) | index << KIND_BITS | self.kind
    }
}

fn slot_generation<T>(slots: &[(usize, Option<T>)], index: usize) -> usize {
    slots.get(index).map_or(0, |(generation, _)| *generation)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_handle_of_the_past_of_another_kind_or_invented_finds_nothing() {
        let (mut table, mut other) = (Table::new(1), Table::new(2));
        let first = table.insert('a').expect("a place");
        assert_eq!(table.remove(first), Some('a'));
        let second = table.insert('b').expect("a place");
        let foreign = other.insert('c').expect("a place");
        assert_eq!(table.find(second), Some(&'b'));
        for handle in [0, 1, first, foreign, second + 8, usize::MAX] {
            assert_eq!(table.find(handle), None, "{handle:#x}");
            assert_eq!(table.remove(handle), None, "{handle:#x}");
        }
    }

    #[test]
    fn a_full_table_takes_no_more() {
        let mut table = Table::new(3);
        let handles: Vec<_> = (0..MAX).map(|number| table.insert(number).expect("a place")).collect();
        assert_eq!(table.insert(0), None);
        table.retain(|number| number % 2 == 0);
        assert_eq!(table.find(handles[1]), None);
        assert_eq!(table.find(handles[2]), Some(&2));
        assert!(table.insert(0).is_some());
    }
}
