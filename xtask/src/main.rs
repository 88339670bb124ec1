//! What a build of the page does between cargo and the bundling of JavaScript, as
//! `cargo xtask PROGRAM OUT`: splits the program into parts and makes the JavaScript glue of its main
//! part. Called by `scripts/finish-build.mjs`.
//!
//! In OUT it leaves `page.js` (the glue), `page_bg.wasm` (the main part), a `.wasm` for each other
//! part, and `parts.json`: the files of each part by its name, those first that the others need.

use std::collections::BTreeMap;
use std::error::Error;
use std::path::Path;
use std::{env, fs};

use wasm_bindgen_cli_support::Bindgen;
use wasm_split_cli_support::{Options, transform};

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let [program, out] = arguments.as_slice() else {
        return Err("usage: cargo xtask PROGRAM OUT".into());
    };
    let out = Path::new(out);
    let main_part = out.join("main.wasm");

    let program = fs::read(program)?;
    let mut options = Options::new(&program);
    options.output_dir = out;
    options.main_out_path = &main_part;
    options.main_module = "./page.js";
    let parts: BTreeMap<_, _> = transform(options)?.prefetch_map.into_iter().collect();
    fs::write(out.join("parts.json"), serde_json::to_string(&parts)?)?;

    Bindgen::new()
        .input_path(&main_part)
        .out_name("page")
        // The parts need the main part's memory and table.
        .keep_lld_exports(true)
        .typescript(false)
        .web(true)?
        .generate(out)?;
    Ok(())
}
