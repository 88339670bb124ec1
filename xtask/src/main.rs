//! What a build of the page does between cargo and the bundling of JavaScript, as
//! `cargo xtask PROGRAM OUT`: splits the program into parts and makes the JavaScript glue of its main
//! part. Called by `scripts/program.mjs`.
//!
//! In OUT it leaves `page.js` (the glue), `page_bg.wasm` (the main part), a `.wasm` for each other
//! part, and `parts.json`: the files of each part by its name, those first that the others need.

use std::collections::{BTreeMap, HashMap};
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
    shorten_names(out)
}

/// Shortens the names by which the glue and the main part know each other: they are hundreds, and long.
fn shorten_names(out: &Path) -> Result<(), Box<dyn Error>> {
    let (program, glue) = (out.join("page_bg.wasm"), out.join("page.js"));
    let mut module = walrus::Module::from_file(&program)?;
    let mut short = HashMap::new();
    let mut shorten = |name: &mut String| {
        let number = short.len();
        let short = short
            .entry(name.clone())
            .or_insert_with(|| format!("_{number:x}"));
        name.clone_from(short);
    };
    for import in module.imports.iter_mut() {
        if import.module == "./page_bg.js" {
            shorten(&mut import.name);
        }
    }
    for export in module.exports.iter_mut() {
        // The others are names in the glue, too, or are known to the entry script.
        let is_internal = ["__wbg_", "wasm_bindgen__"];
        if is_internal
            .iter()
            .any(|start| export.name.starts_with(start))
        {
            shorten(&mut export.name);
        }
    }
    module.emit_wasm_file(&program)?;

    let text = fs::read_to_string(&glue)?;
    let is_of_name = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '$';
    let mut shortened = String::with_capacity(text.len());
    let mut rest = text.as_str();
    while let Some(start) = rest.find(is_of_name) {
        let (before, name_on) = rest.split_at(start);
        let end = name_on.find(|c| !is_of_name(c)).unwrap_or(name_on.len());
        let (name, after) = name_on.split_at(end);
        shortened.push_str(before);
        shortened.push_str(short.get(name).map_or(name, String::as_str));
        rest = after;
    }
    shortened.push_str(rest);
    fs::write(&glue, shortened)?;
    Ok(())
}
