fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    if std::env::var_os("CARGO_FEATURE_HOTPATCH").is_some() {
        // Room for the functions of code that comes later. `dx` tells the linker the same.
        println!("cargo::rustc-link-arg-cdylib=--growable-table");
    }
}
