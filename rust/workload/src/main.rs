//! `cargo run --release -p rialto-workload -- FILE [--ladder]`: the same figures without Python, for profilers.

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let bare_ladder = arguments.iter().any(|argument| argument == "--ladder");
    let path = arguments.iter().find(|argument| !argument.starts_with("--"));
    let outcome = path.ok_or_else(|| "usage: rialto-workload FILE [--ladder]".to_string());
    match outcome.and_then(|path| rialto_workload::run(path, bare_ladder)) {
        Ok(report) => println!("{report}"),
        Err(problem) => {
            eprintln!("{problem}");
            std::process::exit(1);
        }
    }
}
