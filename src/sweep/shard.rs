//! One of several runs that share a sweep.

use std::fmt;

use serde::{Deserialize, Serialize};

/// One of several runs that share a sweep: shard 2 of 7 does the parts 1, 8, 15 and so on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Shard {
    index: u64,
    count: u64,
}

impl Shard {
    /// The only shard: the entire sweep.
    pub const ONLY: Shard = Shard { index: 1, count: 1 };

    /// Shard `index` of `count`, counted from 1; `None` if there is no such shard, or are too many.
    pub fn new(index: u64, count: u64) -> Option<Shard> {
        ((1..=count).contains(&index) && count <= 100_000).then_some(Shard { index, count })
    }

    /// Whether there is such a shard: one that was read from a file may have been damaged.
    pub(super) fn is_sound(self) -> bool {
        Shard::new(self.index, self.count).is_some()
    }

    /// The shards that share a sweep between them.
    pub fn all(count: u64) -> impl Iterator<Item = Shard> {
        (1..=count).filter_map(move |index| Shard::new(index, count))
    }

    /// Number of shards that share the sweep.
    pub fn count(self) -> u64 {
        self.count
    }

    /// The shard of `count` that does a part.
    pub(super) fn doing(part: u64, count: u64) -> Shard {
        Shard { index: part % count + 1, count }
    }

    /// Whether a part is this shard's.
    pub fn has(self, part: u64) -> bool {
        Shard::doing(part, self.count) == self
    }

    /// The folder it works in, inside the sweep's; none for the entire sweep.
    pub(super) fn folder_name(self) -> Option<String> {
        (self != Shard::ONLY).then(|| format!("shard-{}-of-{}", self.index, self.count))
    }

    /// The shard that works in a folder of this name.
    pub(super) fn of_folder(name: &str) -> Option<Shard> {
        let (index, count) = name.strip_prefix("shard-")?.split_once("-of-")?;
        Shard::new(index.parse().ok()?, count.parse().ok()?)
    }
}

impl fmt::Display for Shard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.index, self.count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shards_share_all_parts_between_them() {
        for part in 0..20 {
            assert_eq!(Shard::all(3).filter(|shard| shard.has(part)).count(), 1);
        }
        for (index, count) in [(0, 3), (4, 3), (1, 0), (1, 100_001)] {
            assert_eq!(Shard::new(index, count), None);
        }
    }

    #[test]
    fn a_folder_is_named_after_its_shard() {
        for shard in Shard::all(12) {
            let name = shard.folder_name().unwrap();
            assert_eq!(Shard::of_folder(&name), Some(shard), "{name}");
        }
        assert_eq!(Shard::ONLY.folder_name(), None);
        assert_eq!(Shard::of_folder("shard-4-of-3"), None);
    }
}
