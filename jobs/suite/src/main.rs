//! The executable `mirrorlake`; everything is in the library, so that tests and links see the same.

fn main() -> std::process::ExitCode {
    mirrorlake::main()
}
