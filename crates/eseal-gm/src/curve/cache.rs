//! Tables of public keys that come again (公钥表缓存): the maker of a seal, a CA, one signer in a batch.
//!
//! A table costs about 17 verifications and makes each later one four times cheaper, so it is built when a key
//! is used for the third time.  Memory is bounded; the tables that were not used for longest go first.

use std::{
    collections::HashMap,
    sync::{
        Arc, LazyLock, RwLock,
        atomic::{AtomicU64, Ordering},
    },
};

use super::comb::{Affine, Comb, TABLE_BYTES};

/// Memory for tables: 226 keys, more than the makers and CAs that one installation meets in an hour.
const TABLES_MAX_BYTES: usize = 32 << 20;
/// Keys whose uses are counted without a table yet: 1 MiB.  When full, counting starts again.
const COUNTED_MAX: usize = 8192;
/// The use at which a table is built.
const BUILT_AT_USE: u64 = 3;

type Key = [u64; 8];

#[derive(Default)]
struct Cache {
    tables: HashMap<Key, Entry>,
    counted: HashMap<Key, u64>,
}

struct Entry {
    table: Arc<Comb>,
    last_use: AtomicU64,
}

static CACHE: LazyLock<RwLock<Cache>> = LazyLock::new(Default::default);
static USES: AtomicU64 = AtomicU64::new(0);

/// The table of a point that was used often enough.  Whatever goes wrong here, there is just no table.
pub(super) fn find_or_build(point: &Affine, build: impl FnOnce() -> Comb) -> Option<Arc<Comb>> {
    let key = std::array::from_fn(|index| if index < 4 { point.x.0[index] } else { point.y.0[index - 4] });
    let now = USES.fetch_add(1, Ordering::Relaxed);
    if let Some(entry) = CACHE.read().ok()?.tables.get(&key) {
        entry.last_use.store(now, Ordering::Relaxed);
        return Some(Arc::clone(&entry.table));
    }
    if CACHE.write().ok()?.count(key) < BUILT_AT_USE {
        return None;
    }
    let table = Arc::new(build()); // outside the lock: others go on without a table meanwhile
    CACHE.write().ok()?.insert(key, Entry { table: Arc::clone(&table), last_use: AtomicU64::new(now) });
    Some(table)
}

impl Cache {
    fn count(&mut self, key: Key) -> u64 {
        if self.counted.len() >= COUNTED_MAX {
            self.counted.clear();
        }
        let uses = self.counted.entry(key).or_default();
        *uses += 1;
        if *uses >= BUILT_AT_USE { self.counted.remove(&key).unwrap_or_default() } else { *uses }
    }

    fn insert(&mut self, key: Key, entry: Entry) {
        if (self.tables.len() + 1) * TABLE_BYTES > TABLES_MAX_BYTES {
            let oldest = self.tables.iter().min_by_key(|(_, entry)| entry.last_use.load(Ordering::Relaxed));
            if let Some(oldest) = oldest.map(|(key, _)| *key) {
                self.tables.remove(&oldest);
            }
        }
        self.tables.insert(key, entry);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::curve::{GENERATOR, Portable};

    #[test]
    fn memory_stays_bounded_and_the_oldest_goes_first() {
        let (mut cache, table) = (Cache::default(), Arc::new(Comb::new::<Portable>(&GENERATOR)));
        let room = u64::try_from(TABLES_MAX_BYTES / TABLE_BYTES).unwrap();
        for number in 0..room + 10 {
            cache.insert([number; 8], Entry { table: Arc::clone(&table), last_use: AtomicU64::new(number) });
        }
        assert_eq!(cache.tables.len() as u64, room);
        assert!(!cache.tables.contains_key(&[9; 8]) && cache.tables.contains_key(&[10; 8]));
        assert_eq!([1, 2, 3, 4].map(|_| cache.count([7; 8])), [1, 2, 3, 1]);
        for number in 0..20_000 {
            cache.count([number; 8]);
        }
        assert!(cache.counted.len() <= COUNTED_MAX);
    }
}
