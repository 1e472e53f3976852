//! What `cargo leptos watch` tells a page after an edit: `edit <file> <what it says> <what it says instead>`. Prints the
//! script that Leptos has for it, and the patches that its comparison of the file's views makes. The file stays as it is.

use std::error::Error;
use std::path::Path;
use std::{env, fs};

use leptos_hot_reload::{HOT_RELOAD_JS, ViewMacros};
use serde_json::json;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let [file, before, after] = &arguments[..] else { return Err("takes a file and two texts".into()) };
    let source = fs::read_to_string(file)?;
    let edited = source.replacen(before, after, 1);

    // A view is known by its file's path, as the compiler was given it: a copy keeps it, in another folder.
    let folder = env::temp_dir().join(format!("chat-edit-{}", std::process::id()));
    fs::create_dir_all(folder.join(file).parent().unwrap_or(&folder))?;
    env::set_current_dir(&folder)?;
    let patches = patches(file, &source, &edited);
    fs::remove_dir_all(&folder)?;
    println!("{}", json!({ "script": HOT_RELOAD_JS, "patches": patches? }));
    Ok(())
}

/// In JSON, as the script takes them.
fn patches(file: &str, source: &str, edited: &str) -> Result<String, Box<dyn Error>> {
    let views = ViewMacros::new();
    fs::write(file, source)?;
    views.update_from_paths(&[Path::new(file)])?;
    fs::write(file, edited)?;
    let patches = views.patch(&file.into())?.ok_or("the views do not correspond")?;
    Ok(serde_json::to_string(&patches)?)
}
