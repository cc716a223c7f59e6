//! Links the program without position independence on Linux. Its 28 MB of polars need thousands of relocations otherwise,
//! 0.7 ms at every start: of `record`, which wrappers pay for each command, that is nearly half.

fn main() {
    println!("cargo::rerun-if-changed=.cargo/build.rs");
    let is = |name: &str, value: &str| std::env::var(name).is_ok_and(|set| set == value);
    if is("CARGO_CFG_TARGET_OS", "linux") && is("CARGO_CFG_TARGET_ENV", "gnu") {
        println!("cargo::rustc-link-arg-bins=-no-pie");
    }
}
