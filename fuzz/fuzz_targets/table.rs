//! A table of a sweep of any bytes, under a manifest that names it: it is sliced or refused.
#![no_main]

use libfuzzer_sys::fuzz_target;
use repat::sweep::tabulate;
use repat::table::Slice;
use sha2::{Digest, Sha256};

fuzz_target!(|bytes: &[u8]| {
    let folder = tempfile::tempdir().expect("there is room");
    std::fs::write(folder.path().join("outcomes.parquet"), bytes).expect("there is room");
    let digest: String = Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect();
    let manifest =
        format!(r#"{{"program":"repat","run":"","files_sha256":{{"outcomes.parquet":"{digest}"}}}}"#);
    std::fs::write(folder.path().join("manifest.json"), manifest).expect("there is room");
    let slice = Slice {
        rows: vec!["point".into()],
        columns: vec!["outcome".into()],
        measure: "mean".into(),
        only: Vec::new(),
        mean: true,
    };
    if let Err(error) = tabulate(folder.path(), "outcomes", &slice) {
        drop(error.to_string());
    }
});
