//! Partitions in an object store, where nothing can be renamed.
//!
//! Parts are written under names that hold the run id; then the manifest is put on the condition that nobody has
//! changed it since the run began: that put is the commit. The parts of the replaced run go, `_SUCCESS` comes last.

use std::fs;

use object_store::{Error, ObjectStoreExt, PutMode, PutOptions, PutPayload, UpdateVersion};

use super::manifest::Manifest;
use super::stage::Staging;
use super::{MANIFEST, SUCCESS};
use crate::error::LakeError;
use crate::location::{Store, block_on};

/// Version of a manifest, with the names of the parts that it lists.
#[derive(Clone, Debug)]
pub struct Version {
    update: UpdateVersion,
    parts: Vec<String>,
}

/// The version of the manifest that a partition has now.
pub fn version(store: &Store, target: &str) -> Result<Option<Version>, LakeError> {
    let path = store.path(&format!("{target}/{MANIFEST}"));
    let read = block_on(async {
        let got = store.store.get(&path).await?;
        let update = UpdateVersion { e_tag: got.meta.e_tag.clone(), version: got.meta.version.clone() };
        Ok((update, got.bytes().await?))
    })?;
    match read {
        Ok((update, bytes)) => {
            let manifest: Option<Manifest> = serde_json::from_slice(&bytes).ok();
            let parts = manifest.map(|m| m.outputs.into_iter().map(|o| o.path).collect()).unwrap_or_default();
            Ok(Some(Version { update, parts }))
        }
        Err(Error::NotFound { .. }) => Ok(None),
        Err(e) => Err(store.unavailable(target, &e)),
    }
}

/// The name under which a file of the partition is published: parts carry the run id, reports keep their names.
pub fn published_name(path: &str, run_id: &str) -> String {
    match path.strip_prefix("part-") {
        Some(rest) => format!("part-{run_id}-{rest}"),
        None => path.to_owned(),
    }
}

/// Publishes a partition.
pub fn commit(store: &Store, staging: &Staging, manifest: &Manifest) -> Result<(), LakeError> {
    let target = &staging.target;
    let put = |name: &str, bytes: Vec<u8>, mode: PutMode| {
        let path = store.path(&format!("{target}/{name}"));
        let options = PutOptions { mode, ..PutOptions::default() };
        block_on(store.store.put_opts(&path, PutPayload::from(bytes), options))
    };
    let read = |name: &str| {
        let path = staging.folder.join(name);
        fs::read(&path).map_err(LakeError::io("read", path))
    };
    let unavailable = |e: Error| store.unavailable(target, &e);
    let mut written = Vec::new();
    for file in staging.files.iter().filter(|f| f.path.starts_with("part-")) {
        let name = published_name(&file.path, &staging.run_id);
        put(&name, read(&file.path)?, PutMode::Overwrite)?.map_err(unavailable)?;
        written.push(name);
    }
    let mode = match &staging.before {
        None => PutMode::Create,
        Some(version) => PutMode::Update(version.update.clone()),
    };
    match put(MANIFEST, read(MANIFEST)?, mode)? {
        Ok(_) => {}
        Err(Error::AlreadyExists { .. } | Error::Precondition { .. }) => {
            // The winner may have run over the same inputs: then its parts have our names and stay.
            let winner = version(store, target)?.map(|v| v.parts).unwrap_or_default();
            for name in written.iter().filter(|name| !winner.contains(name)) {
                delete(store, target, name)?;
            }
            let (mart, partition) = target.split_once('/').unwrap_or((target, ""));
            return Err(LakeError::Contended {
                mart: mart.to_owned(),
                partition: partition.to_owned(),
                problem: "another run published it first".to_owned(),
            });
        }
        Err(e) => return Err(unavailable(e)),
    }
    let old: Vec<&String> = staging.before.iter().flat_map(|v| &v.parts).collect();
    let now: Vec<&String> = manifest.outputs.iter().map(|o| &o.path).collect();
    if !old.is_empty() {
        delete(store, target, SUCCESS)?;
    }
    for file in staging.files.iter().filter(|f| !f.path.starts_with("part-")) {
        put(&file.path, read(&file.path)?, PutMode::Overwrite)?.map_err(unavailable)?;
    }
    for name in old.into_iter().filter(|name| !now.contains(name)) {
        delete(store, target, name)?;
    }
    put(SUCCESS, Vec::new(), PutMode::Overwrite)?.map_err(unavailable)?;
    Ok(())
}

fn delete(store: &Store, target: &str, name: &str) -> Result<(), LakeError> {
    let path = store.path(&format!("{target}/{name}"));
    match block_on(store.store.delete(&path))? {
        Ok(()) | Err(Error::NotFound { .. }) => Ok(()),
        Err(e) => Err(store.unavailable(target, &e)),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use object_store::memory::InMemory;

    use super::super::{commit_all, read_manifest, unchanged};
    use super::*;
    use crate::location::Location;

    fn stage(marts: &Location, run_id: &str, text: &str) -> (Staging, Manifest) {
        let mut staging = Staging::begin(marts, "mart/dt=2026-11-16", run_id).expect("begun");
        staging.write_file("part-00000.parquet", text.as_bytes()).expect("written");
        let manifest = Manifest { job: "test".to_owned(), fingerprint: run_id.to_owned(), ..Manifest::default() };
        (staging, manifest)
    }

    fn names(marts: &Location) -> Vec<String> {
        let files = marts.files("mart/dt=2026-11-16").expect("listed");
        files.into_iter().map(|e| e.path.rsplit('/').next().unwrap_or_default().to_owned()).collect()
    }

    #[test]
    fn of_two_runs_one_publishes_and_the_other_is_told_to_try_again() {
        let marts = Location::in_store(Arc::new(InMemory::new()), "marts", "memory:///marts");
        let (one, two) = (stage(&marts, "aaaa", "one"), stage(&marts, "bbbb", "two"));
        commit_all(vec![one], &|| false).expect("the first publishes");
        let lost = commit_all(vec![two], &|| false).expect_err("the second does not");
        assert_eq!(lost.exit_status(), mirrorlake_model::ExitStatus::TryAgain, "{lost}");
        assert_eq!(names(&marts), ["_SUCCESS", "_manifest.json", "part-aaaa-00000.parquet"]);
        assert!(unchanged(&marts, "mart/dt=2026-11-16", "aaaa").expect("listed").is_some());
    }

    #[test]
    fn a_republished_partition_keeps_no_part_of_the_old_one() {
        let marts = Location::in_store(Arc::new(InMemory::new()), "marts", "memory:///marts");
        commit_all(vec![stage(&marts, "aaaa", "one")], &|| false).expect("published");
        commit_all(vec![stage(&marts, "bbbb", "two")], &|| false).expect("published again");
        assert_eq!(names(&marts), ["_SUCCESS", "_manifest.json", "part-bbbb-00000.parquet"]);
        let manifest = read_manifest(&marts, "mart/dt=2026-11-16").expect("read").expect("there");
        assert_eq!(manifest.outputs[0].path, "part-bbbb-00000.parquet");
        // A run over the same inputs writes the same names, so even a lost race removes nothing of the winner's.
        let (one, two) = (stage(&marts, "cccc", "same"), stage(&marts, "cccc", "same"));
        commit_all(vec![one], &|| false).expect("published");
        commit_all(vec![two], &|| false).expect_err("lost");
        assert_eq!(names(&marts), ["_SUCCESS", "_manifest.json", "part-cccc-00000.parquet"]);
    }

    #[test]
    fn a_signal_before_the_commit_publishes_nothing() {
        let marts = Location::in_store(Arc::new(InMemory::new()), "marts", "memory:///marts");
        let stopped = commit_all(vec![stage(&marts, "aaaa", "one")], &|| true);
        assert!(matches!(stopped, Err(LakeError::Cancelled)));
        assert_eq!(names(&marts), Vec::<String>::new());
    }
}
