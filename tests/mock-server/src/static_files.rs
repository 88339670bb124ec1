//! The built page: files of the `dist` folder, compressed, cached, under a strict
//! Content-Security-Policy; any path that a browser may ask a page for gives `index.html`. Mounted
//! folders are served in the same manner.

use std::collections::HashMap;
use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::Write;
use std::path::{Component, Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::SystemTime;

use axum::body::Bytes;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use percent_encoding::percent_decode_str;

use crate::App;
use crate::answer;
use crate::world::lock;

/// What the page has to make do with.
pub const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; script-src 'self' \
    'wasm-unsafe-eval'; style-src 'self'; img-src 'self' data:; connect-src 'self'; font-src 'self'";
/// What a file's name has after it in the name of the file that holds another policy for it, such
/// as one with the hash of an import map, which browsers know only inline.
const POLICY_ENDING: &str = "csp";
/// The names of files in this folder hold a hash of their content.
const HASHED: &str = "assets";
/// Files above this size, in bytes, are not worth the best compression: a debug build, most likely.
const BEST_UP_TO: usize = 4 * 1024 * 1024;
/// Files below this size, in bytes, are sent as they are.
const SMALL: usize = 512;

const UNBUILT: &str = "<!doctype html><html lang=en><title>Not built yet</title>\
    <h1>The page is not built yet</h1><p>Run <code>make build</code> first. The agent API works \
    already; <a href=/openapi.json>/openapi.json</a> describes it.";

/// The folder that the page was built into. A file that changes there is read again.
#[derive(Clone, Debug)]
pub struct Dist {
    folder: PathBuf,
    /// Without a slash at the end; empty: the root.
    base_path: String,
    files: Arc<Mutex<HashMap<PathBuf, Kept>>>,
}

/// A file in memory, once somebody has read it.
type Kept = Arc<Mutex<Option<Arc<File>>>>;

/// A file and how it is sent.
#[derive(Debug)]
struct File {
    modified: SystemTime,
    tag: HeaderValue,
    content_type: HeaderValue,
    /// A page's Content-Security-Policy.
    policy: Option<HeaderValue>,
    is_hashed: bool,
    plain: Bytes,
    brotli: Option<Bytes>,
    gzip: Option<Bytes>,
}

impl Dist {
    /// Serves a folder, which need not be there yet, under a path.
    pub fn new(folder: PathBuf, base_path: &str) -> Self {
        let path = base_path.trim_matches('/');
        let base_path = if path.is_empty() {
            String::new()
        } else {
            format!("/{path}")
        };
        Self {
            folder,
            base_path,
            files: Arc::default(),
        }
    }

    /// Reads and compresses all that is there in the background.
    pub fn warm_up(&self) {
        let dist = self.clone();
        std::thread::spawn(move || dist.warm_up_folder(Path::new("")));
    }

    fn warm_up_folder(&self, folder: &Path) {
        let Ok(entries) = fs::read_dir(self.folder.join(folder)) else {
            return;
        };
        for entry in entries.flatten() {
            let path = folder.join(entry.file_name());
            if entry.path().is_dir() {
                self.warm_up_folder(&path);
            } else {
                self.file(&path);
            }
        }
    }

    /// A file of the folder; from memory where it has not changed.
    fn file(&self, path: &Path) -> Option<Arc<File>> {
        let full = self.folder.join(path);
        let metadata = fs::metadata(&full).ok().filter(fs::Metadata::is_file)?;
        let modified = metadata.modified().ok()?;
        let kept = Arc::clone(lock(&self.files).entry(path.to_owned()).or_default());
        // Whoever comes second waits for the first to compress it.
        let mut kept = lock(&kept);
        let is_same = |file: &&Arc<File>| {
            file.modified == modified && file.plain.len() as u64 == metadata.len()
        };
        if let Some(file) = kept.as_ref().filter(is_same) {
            return Some(Arc::clone(file));
        }
        let file = Arc::new(File::read(path, &full, modified)?);
        *kept = Some(Arc::clone(&file));
        Some(file)
    }

    /// What a path says below the one that this is served under.
    fn below<'a>(&self, path: &'a str) -> Option<&'a str> {
        path.strip_prefix(&self.base_path)
            .filter(|inside| inside.is_empty() || inside.starts_with('/'))
    }

    fn find(&self, path: &str, headers: &HeaderMap) -> Option<Arc<File>> {
        let path = percent_decode_str(path).decode_utf8().ok()?;
        let path = Path::new(path.trim_start_matches('/'));
        let is_inside = path
            .components()
            .all(|part| matches!(part, Component::Normal(_)));
        let found = (is_inside && path != Path::new(""))
            .then(|| self.file(path))
            .flatten();
        found.or_else(|| {
            is_page(path, headers)
                .then(|| self.file(Path::new("index.html")))
                .flatten()
        })
    }
}

/// Whether a browser asks for a page: one of the page's own routes, most likely.
fn is_page(path: &Path, headers: &HeaderMap) -> bool {
    let accept = headers
        .get(header::ACCEPT)
        .and_then(|accept| accept.to_str().ok());
    let is_root = path == Path::new("");
    let wants_html = accept.is_some_and(|accept| accept.contains("text/html"));
    is_root || (wants_html && path.extension().is_none() && !path.starts_with(HASHED))
}

/// Answers with a file of the built page, or of what is mounted.
pub async fn serve(State(app): State<Arc<App>>, request: Request) -> Response {
    if request.method() != Method::GET && request.method() != Method::HEAD {
        return StatusCode::METHOD_NOT_ALLOWED.into_response();
    }
    let (path, headers) = (request.uri().path(), request.headers());
    let is_asked = |mount: &&Dist| mount.below(path).is_some();
    // The innermost of mounts within each other; the page itself may be at the root.
    let mounts = app.mounts.iter().filter(is_asked);
    let dist = mounts.max_by_key(|mount| mount.base_path.len());
    let dist = dist.unwrap_or(&app.dist).clone();
    let Some(inside) = dist.below(path) else {
        return match path {
            "/" => Redirect::temporary(&format!("{}/", dist.base_path)).into_response(),
            _ => not_found(path),
        };
    };
    let (inside, wanted) = (inside.to_owned(), headers.clone());
    let files = dist.clone();
    let found = tokio::task::spawn_blocking(move || files.find(&inside, &wanted)).await;
    match found {
        Ok(Some(file)) => file.answer(headers),
        _ if !dist.folder.join("index.html").is_file() => unbuilt(),
        _ => not_found(path),
    }
}

fn not_found(path: &str) -> Response {
    (
        StatusCode::NOT_FOUND,
        format!("There is nothing at {path}\n"),
    )
        .into_response()
}

fn unbuilt() -> Response {
    let headers = [
        (header::CONTENT_TYPE, "text/html; charset=utf-8"),
        (header::CONTENT_SECURITY_POLICY, CONTENT_SECURITY_POLICY),
        (header::CACHE_CONTROL, "no-store"),
    ];
    (StatusCode::SERVICE_UNAVAILABLE, headers, UNBUILT).into_response()
}

impl File {
    fn read(path: &Path, full: &Path, modified: SystemTime) -> Option<Self> {
        let plain = fs::read(full).ok()?;
        let mime = mime_guess::from_path(path).first_or_octet_stream();
        let is_text = mime.type_() == "text"
            || [
                "json",
                "javascript",
                "wasm",
                "svg+xml",
                "xml",
                "manifest+json",
            ]
            .contains(
                &mime
                    .essence_str()
                    .split_once('/')
                    .map_or("", |(_, kind)| kind),
            );
        let content_type = match mime.type_().as_str() {
            "text" => format!("{mime}; charset=utf-8"),
            _ => mime.to_string(),
        };
        let compressed = |ending, compress: fn(&[u8]) -> Option<Vec<u8>>| {
            let beside = || compressed_beside(full, ending, modified);
            let small_enough = |bytes: &Vec<u8>| bytes.len() < plain.len();
            (is_text && plain.len() >= SMALL)
                .then(|| beside().or_else(|| compress(&plain)))
                .flatten()
                .filter(small_enough)
                .map(Bytes::from)
        };
        let brotli = compressed("br", brotli);
        let gzip = compressed("gz", gzip);
        let mut hasher = DefaultHasher::new();
        plain.hash(&mut hasher);
        Some(Self {
            modified,
            tag: HeaderValue::try_from(format!("W/\"{:016x}\"", hasher.finish())).ok()?,
            content_type: HeaderValue::try_from(content_type).ok()?,
            policy: (mime.essence_str() == "text/html").then(|| policy(full)),
            is_hashed: path.starts_with(HASHED),
            brotli,
            gzip,
            plain: Bytes::from(plain),
        })
    }

    fn answer(&self, request: &HeaderMap) -> Response {
        let (body, encoding) = match (&self.brotli, &self.gzip) {
            (Some(brotli), _) if accepts(request, "br") => (brotli, Some("br")),
            (_, Some(gzip)) if accepts(request, "gzip") => (gzip, Some("gzip")),
            _ => (&self.plain, None),
        };
        let mut response = if answer::is_current(request, &self.tag) {
            StatusCode::NOT_MODIFIED.into_response()
        } else {
            let mut response = Response::new(body.clone().into());
            response
                .headers_mut()
                .insert(header::CONTENT_TYPE, self.content_type.clone());
            if let Some(encoding) = encoding {
                let encoding = HeaderValue::from_static(encoding);
                response
                    .headers_mut()
                    .insert(header::CONTENT_ENCODING, encoding);
            }
            response
        };
        let headers = response.headers_mut();
        let caching = if self.is_hashed {
            "public, max-age=31536000, immutable"
        } else {
            "no-cache"
        };
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(caching));
        headers.insert(header::ETAG, self.tag.clone());
        headers.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
        headers.insert(
            header::X_CONTENT_TYPE_OPTIONS,
            HeaderValue::from_static("nosniff"),
        );
        if let Some(policy) = &self.policy {
            headers.insert(header::CONTENT_SECURITY_POLICY, policy.clone());
        }
        response
    }
}

/// Whether the caller takes an encoding; `;q=0` says no.
fn accepts(request: &HeaderMap, encoding: &str) -> bool {
    let is_it = |item: &str| {
        let (name, weight) = item.split_once(';').unwrap_or((item, "q=1"));
        let refused = weight
            .trim()
            .strip_prefix("q=")
            .and_then(|q| q.parse::<f32>().ok())
            == Some(0.0);
        name.trim().eq_ignore_ascii_case(encoding) && !refused
    };
    request
        .get_all(header::ACCEPT_ENCODING)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .any(|value| value.split(',').any(is_it))
}

fn beside(full: &Path, ending: &str) -> PathBuf {
    let mut beside = full.as_os_str().to_owned();
    beside.push(".");
    beside.push(ending);
    beside.into()
}

/// A page's Content-Security-Policy: its own, where it needs another than the strict one.
fn policy(full: &Path) -> HeaderValue {
    fs::read_to_string(beside(full, POLICY_ENDING))
        .ok()
        .and_then(|own| HeaderValue::from_str(own.trim()).ok())
        .unwrap_or(HeaderValue::from_static(CONTENT_SECURITY_POLICY))
}

/// What the build has compressed already, unless it is older than the file itself.
fn compressed_beside(full: &Path, ending: &str, modified: SystemTime) -> Option<Vec<u8>> {
    let beside = beside(full, ending);
    let since = fs::metadata(&beside).ok()?.modified().ok()?;
    if since < modified {
        None
    } else {
        fs::read(&beside).ok()
    }
}

fn brotli(plain: &[u8]) -> Option<Vec<u8>> {
    let quality = if plain.len() > BEST_UP_TO { 4 } else { 11 };
    let mut writer = brotli::CompressorWriter::new(Vec::new(), 64 * 1024, quality, 22);
    writer.write_all(plain).ok()?;
    Some(writer.into_inner())
}

fn gzip(plain: &[u8]) -> Option<Vec<u8>> {
    let mut writer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    writer.write_all(plain).ok()?;
    writer.finish().ok()
}
