//! A journal of any bytes in the folder of a shard: the shards are merged or refused.
#![no_main]

use libfuzzer_sys::fuzz_target;
use repat::sweep::finished_shards;

fuzz_target!(|bytes: &[u8]| {
    let folder = tempfile::tempdir().expect("there is room");
    let shard = folder.path().join("shard-1-of-2");
    std::fs::create_dir(&shard).expect("there is room");
    std::fs::write(shard.join("journal.jsonl"), bytes).expect("there is room");
    if let Err(error) = finished_shards(folder.path()) {
        drop(error.to_string());
    }
});
