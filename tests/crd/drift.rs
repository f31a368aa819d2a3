//! `crds/` is what the types say. `UPDATE_EXPECT=1 cargo test --test crd` writes it anew.

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;

use ecs_bridge::api::crd;
use expect_test::expect_file;

/// `kubectl apply` keeps the whole object in an annotation, and all annotations together may have 256 KiB.
const LARGEST: usize = 250_000;

fn directory() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("crds")
}

#[test]
fn committed_files_are_current() {
    for crd in crd::all() {
        let text = format!(
            "# Generated from src/api by `UPDATE_EXPECT=1 cargo test --test crd`.\n{}",
            crd::document(&crd)
        );
        expect_file![directory().join(crd::file_name(&crd))].assert_eq(&text);
    }
}

#[test]
fn there_is_no_other_file() {
    let wanted: BTreeSet<_> = crd::all().iter().map(crd::file_name).collect();
    let found: BTreeSet<_> = fs::read_dir(directory())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    assert_eq!(found, wanted);
}

#[test]
fn a_plain_kubectl_apply_works() {
    for crd in crd::all() {
        let name = crd::file_name(&crd);
        let json = serde_json::to_string(&crd).unwrap().len();
        let yaml = crd::document(&crd).len();
        assert!(json < LARGEST && yaml < LARGEST, "{name} has {json} bytes as JSON, {yaml} as YAML");
    }
}

#[test]
fn the_stream_holds_every_crd_unchanged() {
    let stream: Vec<serde_json::Value> = serde_saphyr::from_multiple(&crd::yaml()).unwrap();
    let crds: Vec<_> = crd::all().iter().map(|crd| serde_json::to_value(crd).unwrap()).collect();
    assert_eq!(stream, crds);
}
