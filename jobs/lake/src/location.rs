//! Where a lake or the marts are: a local folder, or a prefix in an object store.
//!
//! The rest of the crate sees one blocking interface; object stores run on a small runtime of their own.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::sync::{Arc, OnceLock};
use std::time::UNIX_EPOCH;

use bytes::Bytes;
use futures::TryStreamExt;
use object_store::aws::{AmazonS3Builder, AmazonS3ConfigKey};
use object_store::azure::{AzureConfigKey, MicrosoftAzureBuilder};
use object_store::gcp::{GoogleCloudStorageBuilder, GoogleConfigKey};
use object_store::path::Path as StorePath;
use object_store::{ObjectStore, ObjectStoreExt};

use crate::error::{LakeError, Place};

/// A file or object below a location.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Path relative to the location, with `/` between its parts.
    pub path: String,
    /// Size in bytes.
    pub bytes: u64,
    /// What changes when the content does: modification time and inode of a file, entity tag or time of an object.
    pub mark: String,
}

/// A folder or an object-store prefix.
#[derive(Clone, Debug)]
pub enum Location {
    /// A folder of this machine.
    Local(PathBuf),
    /// A prefix in an object store.
    Store(Store),
}

/// An object store with a prefix.
#[derive(Clone, Debug)]
pub struct Store {
    /// The store.
    pub(crate) store: Arc<dyn ObjectStore>,
    prefix: StorePath,
    /// As given by the user, for messages; never holds credentials.
    url: String,
}

fn runtime() -> Result<&'static tokio::runtime::Runtime, LakeError> {
    static RUNTIME: OnceLock<Option<tokio::runtime::Runtime>> = OnceLock::new();
    RUNTIME
        .get_or_init(|| tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().ok())
        .as_ref()
        .ok_or_else(|| LakeError::Internal("cannot start the object-store runtime".to_owned()))
}

/// Runs a future of an object store to its end.
pub(crate) fn block_on<F: Future>(future: F) -> Result<F::Output, LakeError> {
    Ok(runtime()?.block_on(future))
}

impl Location {
    /// Parses a local path, `file://`, `s3://`, `gs://` or `az://` URL.
    ///
    /// Credentials come from the environment as each store's own tools read them; `options` are the store's
    /// configuration keys and win over the environment.
    ///
    /// # Errors
    ///
    /// [`LakeError::Location`] for an unknown scheme, an unknown option or an incomplete configuration.
    pub fn parse(text: &str, options: &[(String, String)]) -> Result<Self, LakeError> {
        let fail = |problem: String| LakeError::Location { location: without_credentials(text), problem };
        if !text.contains("://") && text.contains(":/") && text.contains('@') {
            return Err(fail("this looks like a URL with one slash; a URL has scheme://".to_owned()));
        }
        let Some((scheme, rest)) = text.split_once("://") else {
            if !options.is_empty() {
                return Err(fail("--store-option applies to object stores, and this is a local path".to_owned()));
            }
            return Ok(Self::Local(PathBuf::from(text)));
        };
        // A secret may hold a slash, so whatever stands before an @ counts.
        if rest.contains('@') {
            return Err(fail("credentials do not belong into a location; use the environment".to_owned()));
        }
        if rest.contains(['?', '#']) {
            return Err(fail("a location has no query; use the environment or --store-option".to_owned()));
        }
        let fail = |problem: String| {
            let problem = options.iter().fold(problem, |p, (_, value)| p.replace(value.as_str(), "…"));
            LakeError::Location { location: without_credentials(text), problem }
        };
        let _ = rustls::crypto::ring::default_provider().install_default();
        let store: Arc<dyn ObjectStore> = match scheme {
            "file" => return Ok(Self::Local(PathBuf::from(rest))),
            "s3" | "s3a" => {
                let mut builder = AmazonS3Builder::from_env().with_url(text);
                for (key, value) in options {
                    builder = builder.with_config(option_key::<AmazonS3ConfigKey>(key, &fail)?, value);
                }
                Arc::new(builder.build().map_err(|e| fail(store_words(&e)))?)
            }
            "gs" => {
                let mut builder = GoogleCloudStorageBuilder::from_env().with_url(text);
                for (key, value) in options {
                    builder = builder.with_config(option_key::<GoogleConfigKey>(key, &fail)?, value);
                }
                Arc::new(builder.build().map_err(|e| fail(store_words(&e)))?)
            }
            "az" | "abfs" | "abfss" => {
                let mut builder = MicrosoftAzureBuilder::from_env().with_url(text);
                for (key, value) in options {
                    builder = builder.with_config(option_key::<AzureConfigKey>(key, &fail)?, value);
                }
                Arc::new(builder.build().map_err(|e| fail(store_words(&e)))?)
            }
            other => return Err(fail(format!("unknown scheme {other}; use a local path, s3://, gs:// or az://"))),
        };
        let prefix = rest.split_once('/').map_or("", |(_, prefix)| prefix);
        let prefix = StorePath::parse(prefix.trim_end_matches('/')).map_err(|e| fail(e.to_string()))?;
        Ok(Self::Store(Store { store, prefix, url: text.trim_end_matches('/').to_owned() }))
    }

    /// A location in a store that is already open (tests use a store in memory).
    #[must_use]
    pub fn in_store(store: Arc<dyn ObjectStore>, prefix: &str, url: &str) -> Self {
        Self::Store(Store { store, prefix: StorePath::from(prefix), url: url.to_owned() })
    }

    /// The location as a person writes it, without credentials.
    #[must_use]
    pub fn display(&self) -> String {
        match self {
            Self::Local(path) => path.display().to_string(),
            Self::Store(store) => store.url.clone(),
        }
    }

    /// Names of the folders directly below `path` ("" for the location itself), sorted; `None` where `path` is no folder.
    ///
    /// # Errors
    ///
    /// When the store or file system refuses.
    pub fn folders(&self, path: &str) -> Result<Option<Vec<String>>, LakeError> {
        match self {
            Self::Local(root) => {
                let folder = root.join(path);
                let read = match fs::read_dir(&folder) {
                    Ok(read) => read,
                    Err(e) if matches!(e.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => return Ok(None),
                    Err(e) => return Err(LakeError::io("list", folder)(e)),
                };
                let mut names = Vec::new();
                for entry in read {
                    let entry = entry.map_err(LakeError::io("list", &folder))?;
                    if entry.path().is_dir()
                        && let Some(name) = entry.file_name().to_str()
                    {
                        names.push(name.to_owned());
                    }
                }
                names.sort();
                Ok(Some(names))
            }
            Self::Store(store) => {
                let prefix = store.path(path);
                let listed = block_on(store.store.list_with_delimiter(Some(&prefix)))?
                    .map_err(|e| store.unavailable(path, &e))?;
                let mut names: Vec<String> =
                    listed.common_prefixes.iter().filter_map(|p| p.filename().map(str::to_owned)).collect();
                names.sort();
                Ok((!names.is_empty() || !listed.objects.is_empty()).then_some(names))
            }
        }
    }

    /// The files directly in the folder `path`, sorted by name; empty where there is no such folder.
    ///
    /// # Errors
    ///
    /// When the store or file system refuses.
    pub fn files(&self, path: &str) -> Result<Vec<Entry>, LakeError> {
        let mut entries = match self {
            Self::Local(root) => {
                let folder = root.join(path);
                let read = match fs::read_dir(&folder) {
                    Ok(read) => read,
                    Err(e) if matches!(e.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => {
                        return Ok(Vec::new());
                    }
                    Err(e) => return Err(LakeError::io("list", folder)(e)),
                };
                let mut entries = Vec::new();
                for entry in read {
                    let entry = entry.map_err(LakeError::io("list", &folder))?;
                    let data = entry.path().extension().is_some_and(|e| e == "parquet");
                    let meta = match fs::metadata(entry.path()) {
                        // A writer's temporary file may go while we look; a data file may not.
                        Err(e) if e.kind() == ErrorKind::NotFound && !data => continue,
                        meta => meta.map_err(LakeError::io("look at", entry.path()))?,
                    };
                    if data && (!meta.is_file() || entry.file_name().to_str().is_none()) {
                        let place = Place::file(&format!("{path}/{}", entry.file_name().to_string_lossy()));
                        let problem = "a name that ends in .parquet must be a file's, in UTF-8";
                        return Err(LakeError::refused(place, "files_present", problem, "remove or rename it"));
                    }
                    if meta.is_file()
                        && let Some(name) = entry.file_name().to_str()
                    {
                        let path = format!("{path}/{name}");
                        entries.push(Entry { path, bytes: meta.len(), mark: local_mark(&meta) });
                    }
                }
                entries
            }
            Self::Store(store) => {
                let prefix = store.path(path);
                let listed = block_on(store.store.list_with_delimiter(Some(&prefix)))?
                    .map_err(|e| store.unavailable(path, &e))?;
                let entry = |meta: object_store::ObjectMeta| {
                    let name = meta.location.filename()?.to_owned();
                    let mark = meta.e_tag.unwrap_or_else(|| meta.last_modified.to_rfc3339());
                    Some(Entry { path: format!("{path}/{name}"), bytes: meta.size, mark })
                };
                listed.objects.into_iter().filter_map(entry).collect()
            }
        };
        entries.sort_by(|a, b| a.path.cmp(&b.path));
        Ok(entries)
    }

    /// Reads a small file whole; `None` where it does not exist.
    ///
    /// # Errors
    ///
    /// When the store or file system refuses, or the file is larger than `most` bytes.
    pub fn read(&self, path: &str, most: u64) -> Result<Option<Bytes>, LakeError> {
        let too_large = |bytes: u64| LakeError::Location {
            location: format!("{}/{path}", self.display()),
            problem: format!("{bytes} bytes where at most {most} are expected"),
        };
        match self {
            Self::Local(root) => {
                let file = root.join(path);
                match fs::metadata(&file) {
                    Err(e) if e.kind() == ErrorKind::NotFound => return Ok(None),
                    Err(e) => return Err(LakeError::io("read", file)(e)),
                    Ok(meta) if meta.len() > most => return Err(too_large(meta.len())),
                    Ok(_) => {}
                }
                Ok(Some(fs::read(&file).map_err(LakeError::io("read", file))?.into()))
            }
            Self::Store(store) => {
                let location = store.path(path);
                let read = block_on(async {
                    let got = store.store.get(&location).await?;
                    if got.meta.size > most { Ok(Err(got.meta.size)) } else { got.bytes().await.map(Ok) }
                })?;
                match read {
                    Ok(Ok(bytes)) => Ok(Some(bytes)),
                    Ok(Err(size)) => Err(too_large(size)),
                    Err(object_store::Error::NotFound { .. }) => Ok(None),
                    Err(e) => Err(store.unavailable(path, &e)),
                }
            }
        }
    }

    /// Makes a file available as a local one: its own path, or a copy fetched into `spool`.
    ///
    /// # Errors
    ///
    /// When the store does not answer, or the object's size is not the one listed.
    pub fn local_copy(&self, entry: &Entry, spool: &Path) -> Result<PathBuf, LakeError> {
        match self {
            Self::Local(root) => Ok(root.join(&entry.path)),
            Self::Store(store) => {
                let target = spool.join(entry.path.replace('/', "__"));
                let location = store.path(&entry.path);
                let bytes = block_on(async {
                    use std::io::Write;
                    let mut file = fs::File::create(&target).map_err(LakeError::io("create", &target))?;
                    let got = store.store.get(&location).await.map_err(|e| store.unavailable(&entry.path, &e))?;
                    let mut stream = got.into_stream();
                    let mut written = 0_u64;
                    while let Some(chunk) = stream.try_next().await.map_err(|e| store.unavailable(&entry.path, &e))? {
                        file.write_all(&chunk).map_err(LakeError::io("write", &target))?;
                        written += chunk.len() as u64;
                    }
                    Ok::<u64, LakeError>(written)
                })??;
                if bytes != entry.bytes {
                    return Err(LakeError::Unavailable {
                        location: format!("{}/{}", store.url, entry.path),
                        problem: format!("{bytes} bytes arrived of {}", entry.bytes),
                    });
                }
                Ok(target)
            }
        }
    }
}

impl Store {
    pub(crate) fn path(&self, path: &str) -> StorePath {
        path.split('/').filter(|part| !part.is_empty()).fold(self.prefix.clone(), |p, part| p.join(part))
    }

    pub(crate) fn unavailable(&self, path: &str, error: &object_store::Error) -> LakeError {
        let location = format!("{}/{path}", self.url);
        match error {
            object_store::Error::PermissionDenied { .. } | object_store::Error::Unauthenticated { .. } => {
                LakeError::Location { location, problem: "the store refuses access; check the credentials".to_owned() }
            }
            other => LakeError::Unavailable { location, problem: store_words(other) },
        }
    }
}

fn option_key<K: FromStr>(key: &str, fail: &dyn Fn(String) -> LakeError) -> Result<K, LakeError> {
    key.to_ascii_lowercase().parse().map_err(|_| fail(format!("unknown --store-option {key} for this store")))
}

/// A store's error in its own words, without the request's headers and query.
fn store_words(error: &object_store::Error) -> String {
    let words = error.to_string();
    let words = words.split('?').next().unwrap_or_default();
    mirrorlake_model::text::printable(&without_credentials(words), 300)
}

/// A text with what stands between a scheme and the last `@`, and after a `?`, taken out.
fn without_credentials(text: &str) -> String {
    let text = text.split('?').next().unwrap_or_default();
    match text.rsplit_once('@') {
        Some((before, rest)) => match before.split_once(":/") {
            Some((scheme, _)) => format!("{scheme}://…@{rest}"),
            None => format!("…@{rest}"),
        },
        None => text.to_owned(),
    }
}

/// Modification time and, where there is one, inode: a replaced file differs even within one tick of the clock.
fn local_mark(meta: &fs::Metadata) -> String {
    let nanos = meta.modified().ok().and_then(|t| t.duration_since(UNIX_EPOCH).ok()).map_or(0, |d| d.as_nanos());
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt;
        format!("{nanos}-{}", meta.ino())
    }
    #[cfg(not(unix))]
    nanos.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_message_repeats_a_secret() {
        for text in [
            "s3://key:sec@ret@bucket/p",
            "s3://key:sec/ret@bucket/p",
            "s3://bucket/p?X-Amz-Signature=secret",
            "gs://key:secret@bucket",
            "ftp://key:secret@host/x",
        ] {
            let message = Location::parse(text, &[]).expect_err("refused").to_string();
            assert!(!message.contains("sec") && !message.contains("ret@"), "{message}");
        }
        let options = [("timeout".to_owned(), "secretvalue".to_owned())];
        let message = Location::parse("s3://bucket/p", &options).map(|_| ()).map_err(|e| e.to_string());
        assert!(message.as_ref().err().is_none_or(|m| !m.contains("secretvalue")), "{message:?}");
        assert_eq!(without_credentials("GET http://key:secret@host/x?sig=1"), "GET http://…@host/x");
    }
}
