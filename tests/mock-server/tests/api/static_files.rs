//! The built page.

use std::fs;
use std::io::Read;
use std::path::Path;

use mock_server::{Mount, Options};
use reqwest::Method;
use tempfile::TempDir;

use crate::support::{Answer, Mock, options};

const POLICY: &str = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' data:; connect-src 'self'; font-src 'self'";

/// A built page.
fn dist() -> TempDir {
    let dist = tempfile::tempdir().unwrap();
    let script = "console.log('kproxy');\n".repeat(200);
    write(
        &dist,
        "index.html",
        "<!doctype html><title>kproxy Agents</title>",
    );
    write(&dist, "kproxy-agents.js", &script);
    write(&dist, "assets/app-0a1b2c.js", &script);
    write(&dist, "assets/app-0a1b2c.wasm", &script);
    write(&dist, "assets/app-0a1b2c.css", &script);
    write(&dist, "land.json", &script);
    write(&dist, "mark.svg", &script);
    dist
}

fn write(dist: &TempDir, path: &str, text: &str) {
    let path = dist.path().join(path);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
}

async fn start(dist: &Path, base_path: &str) -> Mock {
    let (dist, base_path) = (dist.to_owned(), base_path.to_owned());
    Mock::start_with(Options {
        dist,
        base_path,
        ..options()
    })
    .await
}

/// As a browser opens a page.
async fn open(mock: &Mock, path: &str) -> Answer {
    let accept = "text/html,application/xhtml+xml,*/*;q=0.8";
    mock.send(mock.request(Method::GET, path).header("accept", accept))
        .await
}

async fn get_encoded(mock: &Mock, path: &str, encoding: &str) -> Answer {
    mock.send(
        mock.request(Method::GET, path)
            .header("accept-encoding", encoding),
    )
    .await
}

#[tokio::test]
async fn files_have_their_types() {
    let dist = dist();
    let mock = start(dist.path(), "").await;
    let types = [
        ("/", "text/html; charset=utf-8"),
        ("/index.html", "text/html; charset=utf-8"),
        ("/kproxy-agents.js", "text/javascript; charset=utf-8"),
        ("/assets/app-0a1b2c.css", "text/css; charset=utf-8"),
        ("/assets/app-0a1b2c.wasm", "application/wasm"),
        ("/land.json", "application/json"),
        ("/mark.svg", "image/svg+xml"),
    ];
    for (path, content_type) in types {
        let answer = mock.get(path).await;
        assert_eq!(
            (answer.status, answer.header("content-type")),
            (200, content_type),
            "{path}"
        );
        assert_eq!(answer.header("x-content-type-options"), "nosniff");
    }
}

#[tokio::test]
async fn pages_have_a_strict_policy() {
    let dist = dist();
    let mock = start(dist.path(), "").await;
    assert_eq!(
        mock.get("/").await.header("content-security-policy"),
        POLICY
    );
    assert_eq!(
        open(&mock, "/add").await.header("content-security-policy"),
        POLICY
    );
}

#[tokio::test]
async fn only_hashed_files_are_kept_without_asking() {
    let dist = dist();
    let mock = start(dist.path(), "").await;
    let forever = "public, max-age=31536000, immutable";
    assert_eq!(
        mock.get("/assets/app-0a1b2c.js")
            .await
            .header("cache-control"),
        forever
    );
    for path in ["/", "/kproxy-agents.js", "/land.json"] {
        let answer = mock.get(path).await;
        assert_eq!(answer.header("cache-control"), "no-cache", "{path}");
        let again = mock.get_if_changed(path, answer.header("etag")).await;
        assert_eq!((again.status, again.body.len()), (304, 0), "{path}");
    }
}

#[tokio::test]
async fn files_are_compressed_as_the_caller_takes_them() {
    let dist = dist();
    let mock = start(dist.path(), "").await;
    let path = "/assets/app-0a1b2c.wasm";
    let plain = mock.get(path).await;
    assert_eq!(plain.header("content-encoding"), "");
    assert_eq!(plain.header("vary"), "accept-encoding");

    let br = get_encoded(&mock, path, "gzip, deflate, br, zstd").await;
    assert_eq!(br.header("content-encoding"), "br");
    let mut unpacked = Vec::new();
    brotli::Decompressor::new(&*br.body, 4096)
        .read_to_end(&mut unpacked)
        .unwrap();
    assert_eq!(unpacked, plain.body);
    assert!(br.body.len() * 10 < plain.body.len());

    let gzip = get_encoded(&mock, path, "gzip, br;q=0").await;
    assert_eq!(gzip.header("content-encoding"), "gzip");
    let mut unpacked = Vec::new();
    flate2::read::GzDecoder::new(&*gzip.body)
        .read_to_end(&mut unpacked)
        .unwrap();
    assert_eq!(unpacked, plain.body);
}

#[tokio::test]
async fn what_the_build_compressed_is_sent_as_it_is() {
    let dist = dist();
    write(&dist, "kproxy-agents.js.br", "by the build");
    let mock = start(dist.path(), "").await;
    assert_eq!(
        get_encoded(&mock, "/kproxy-agents.js", "br").await.text(),
        "by the build"
    );
}

#[tokio::test]
async fn every_path_that_a_browser_opens_gives_the_page() {
    let dist = dist();
    let mock = start(dist.path(), "").await;
    for path in [
        "/",
        "/add",
        "/agents/1/edit",
        "/agents/a%2Fb.c/remove",
        "/anything/else?q=1",
    ] {
        let answer = open(&mock, path).await;
        assert_eq!(answer.status, 200, "{path}");
        assert!(answer.text().contains("kproxy Agents"), "{path}");
    }
    for path in ["/missing.js", "/assets/missing", "/favicon.ico"] {
        assert_eq!(open(&mock, path).await.status, 404, "{path}");
    }
    assert_eq!(
        mock.get("/add").await.status,
        404,
        "not asked for as a page"
    );
    let post = mock.request(Method::POST, "/add");
    assert_eq!(mock.send(post).await.status, 405);
}

#[tokio::test]
async fn nothing_outside_the_folder_is_served() {
    let outside = tempfile::tempdir().unwrap();
    fs::write(outside.path().join("secret.txt"), "secret").unwrap();
    let dist = outside.path().join("dist");
    fs::create_dir(&dist).unwrap();
    fs::write(dist.join("index.html"), "page").unwrap();
    let mock = start(&dist, "").await;
    let absolute = outside.path().join("secret.txt");
    let absolute = absolute.to_str().unwrap();
    let double = format!("/%2F{absolute}");
    for path in [
        "/%2e%2e/secret.txt",
        "/..%2Fsecret.txt",
        "/assets/%2e%2e%2f..%2fsecret.txt",
        &double,
    ] {
        let answer = mock.get(path).await;
        assert_eq!(answer.status, 404, "{path}");
        assert!(!answer.text().contains("secret\n"), "{path}");
    }
}

#[tokio::test]
async fn a_new_build_is_seen_at_once() {
    let dist = dist();
    let mock = start(dist.path(), "").await;
    let old = mock.get("/").await;
    write(
        &dist,
        "index.html",
        "<!doctype html><title>Another build</title>",
    );
    let new = mock.get_if_changed("/", old.header("etag")).await;
    assert!(new.text().contains("Another build"));
}

#[tokio::test]
async fn the_page_may_be_served_under_a_path() {
    let dist = dist();
    let mock = start(dist.path(), "/settings/kproxy/").await;
    for path in [
        "/settings/kproxy",
        "/settings/kproxy/",
        "/settings/kproxy/agents/1/edit",
    ] {
        assert_eq!(open(&mock, path).await.status, 200, "{path}");
    }
    assert_eq!(mock.get("/settings/kproxy/land.json").await.status, 200);
    let root = mock.get("/").await;
    assert_eq!(
        (root.status, root.header("location")),
        (307, "/settings/kproxy/")
    );
    for path in ["/settings", "/settings/kproxyx", "/land.json"] {
        assert_eq!(open(&mock, path).await.status, 404, "{path}");
    }
    assert_eq!(mock.get(crate::support::AGENTS).await.status, 200);
}

#[tokio::test]
async fn without_a_build_the_server_says_how_to_get_one() {
    let mock = start(Path::new("/there/is/no/dist"), "").await;
    for path in ["/", "/agents/1/edit"] {
        let answer = open(&mock, path).await;
        assert_eq!(answer.status, 503);
        assert!(answer.text().contains("make build"));
    }
    assert_eq!(mock.agents().await.len(), 60);
}

/// A host that embeds the page, and the page, both mounted.
async fn start_with_host(host: &Path, dist: &Path) -> Mock {
    let mount = |path: &str, folder: &Path| Mount {
        path: path.to_owned(),
        folder: folder.to_owned(),
    };
    let dist = dist.to_owned();
    let mounts = vec![mount("/hosts/app/", host), mount("/hosts/app/page", &dist)];
    Mock::start_with(Options {
        dist,
        mounts,
        ..options()
    })
    .await
}

#[tokio::test]
async fn mounted_folders_are_served_under_their_paths() {
    let (host, dist) = (tempfile::tempdir().unwrap(), dist());
    write(&host, "index.html", "<!doctype html><title>A host</title>");
    write(&host, "app.js", "console.log('host');");
    let mock = start_with_host(host.path(), dist.path()).await;
    for path in ["/hosts/app", "/hosts/app/", "/hosts/app/devices/1"] {
        let answer = open(&mock, path).await;
        assert!(answer.text().contains("A host"), "{path}");
        assert_eq!(answer.header("content-security-policy"), POLICY, "{path}");
    }
    for (path, text) in [
        ("/hosts/app/app.js", "host"),
        ("/hosts/app/page/kproxy-agents.js", "kproxy"),
        ("/kproxy-agents.js", "kproxy"),
        ("/hosts/other", "kproxy Agents"),
    ] {
        assert!(open(&mock, path).await.text().contains(text), "{path}");
    }
    for path in ["/hosts/app/kproxy-agents.js", "/hosts/app/missing.js"] {
        assert_eq!(open(&mock, path).await.status, 404, "{path}");
    }
}

#[tokio::test]
async fn a_page_may_bring_a_policy_of_its_own() {
    let (host, dist) = (tempfile::tempdir().unwrap(), dist());
    write(&host, "index.html", "<!doctype html><title>A host</title>");
    write(&host, "index.html.csp", "default-src 'self'\n");
    let mock = start_with_host(host.path(), dist.path()).await;
    let policy = |answer: Answer| answer.header("content-security-policy").to_owned();
    assert_eq!(
        policy(open(&mock, "/hosts/app/").await),
        "default-src 'self'"
    );
    assert_eq!(policy(open(&mock, "/").await), POLICY);
}
