//! A roster of any bytes, as CSV and as Parquet: it is copied to either format or refused.
#![no_main]

use libfuzzer_sys::fuzz_target;
use repat::roster::ClassifyOptions;
use repat::simulate::Silent;
use repat::study::Texts;
use repat::table::{Destination, Invocation};

fuzz_target!(|bytes: &[u8]| {
    let folder = tempfile::tempdir().expect("there is room");
    let texts = Texts::load(&["1952-03-27-draft".to_string()], &[]).expect("it is built in");
    let options = ClassifyOptions { threads: Some(1), ..ClassifyOptions::default() };
    for (from, to) in [
        ("list.csv", "out.csv"),
        ("list.csv", "out.parquet"),
        ("list.parquet", "out.csv"),
        ("list.parquet", "out.parquet"),
    ] {
        let (from, to) = (folder.path().join(from), folder.path().join(to));
        std::fs::write(&from, bytes).expect("there is room");
        let destination = Destination::reserve(&to, true).expect("there is room");
        let invocation = Invocation::begin(Vec::new());
        if let Err(error) = texts.classify(&from, destination, &options, &invocation, &Silent) {
            drop(error.to_string());
        }
    }
});
