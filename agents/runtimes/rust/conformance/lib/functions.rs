//! What the conformance suite calls, as people write functions: nothing of Polyglot's in sight.
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fmt;
use std::io::Write;
use std::os::unix::process::CommandExt;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::Mutex;

mod helper;

pub fn echo_bool(value: bool) -> bool {
    value
}
pub fn echo_byte(value: i8) -> i8 {
    value
}
pub fn echo_int(value: i64) -> i64 {
    value
}
pub fn echo_unsigned(value: u64) -> u64 {
    value
}
pub fn echo_huge(value: i128) -> i128 {
    value
}
pub fn echo_float(value: f64) -> f64 {
    value
}
pub fn echo_single(value: f32) -> f32 {
    value
}
pub fn echo_text(value: &str) -> String {
    value.to_owned()
}
pub fn echo_owned_text(value: String) -> String {
    value
}
pub fn echo_text_reference(value: &String) -> &str {
    value
}
pub fn echo_character(value: char) -> char {
    value
}
pub fn echo_bytes(value: &[u8]) -> Vec<u8> {
    value.to_vec()
}
pub fn echo_ints(value: &Vec<i64>) -> &[i64] {
    value
}
pub fn echo_floats(value: &[f64]) -> Vec<f64> {
    value.to_vec()
}
pub fn echo_map(value: HashMap<String, i64>) -> HashMap<String, i64> {
    value
}
pub fn echo_int_map(value: &BTreeMap<i64, String>) -> BTreeMap<i64, String> {
    value.clone()
}
pub fn echo_optional(value: Option<i64>) -> Option<i64> {
    value
}
pub fn echo_array(value: [i32; 3]) -> [i32; 3] {
    value
}
pub fn echo_set(value: BTreeSet<String>) -> BTreeSet<String> {
    value
}
pub fn echo_pairs(value: Vec<(String, i64)>) -> Vec<(String, i64)> {
    value
}
pub fn echo_nested(value: Vec<HashMap<String, Vec<Option<i64>>>>) -> Vec<HashMap<String, Vec<Option<i64>>>> {
    value
}

pub mod shapes {
    pub mod inner {
        pub fn twice(value: i64) -> i64 {
            value * 2
        }
    }
}

pub fn r#match(value: i64) -> i64 {
    value
}

pub fn pair() -> (i64, &'static str) {
    (1, "two")
}

pub fn named(first: &str, second: i64, third: &str) -> String {
    format!("{first}-{second}-{third}")
}

pub fn next_number() -> i64 {
    static LAST: AtomicI64 = AtomicI64::new(0);
    LAST.fetch_add(1, Ordering::Relaxed) + 1
}

pub struct Rejected(String);
impl fmt::Display for Rejected {
    fn fmt(&self, to: &mut fmt::Formatter) -> fmt::Result {
        to.write_str(&self.0)
    }
}

pub fn reject(message: &str) -> Result<(), Rejected> {
    Err(Rejected(message.to_owned()))
}

#[derive(Debug)]
pub enum Refused {
    ByRule(u32),
}

pub fn refuse(rule: u32) -> Result<i64, Refused> {
    Err(Refused::ByRule(rule))
}

pub fn fail_boxed() -> Result<(), Box<dyn std::error::Error>> {
    Err("something else".into())
}

pub fn parse(text: &str) -> Result<i64, std::num::ParseIntError> {
    text.parse()
}

pub fn open_nothing() -> std::io::Result<()> {
    std::fs::File::open("/nonexistent/file").map(drop)
}

pub fn panic_by(way: &str) -> i64 {
    let numbers: Vec<i64> = Vec::new();
    match way {
        "index" => numbers[3],
        "none" => numbers.first().copied().unwrap(),
        "borrow" => {
            let cell = RefCell::new(1);
            let _held = cell.borrow_mut();
            let number = *cell.borrow();
            number
        }
        "lock" => {
            let lock = Mutex::new(1);
            std::thread::scope(|scope| {
                let _ = scope
                    .spawn(|| {
                        let _held = lock.lock().unwrap();
                        panic!("while it holds the lock");
                    })
                    .join();
            });
            let number = *lock.lock().unwrap();
            number
        }
        "thread" => std::thread::spawn(|| -> i64 { panic!("in a thread") }).join().unwrap(),
        _ => panic!("as {way} asks"),
    }
}

pub fn say(text: &str) {
    println!("{text}");
    print!("half a ");
    println!("line");
    eprintln!("to stderr");
    Command::new("echo").arg("from a child").status().unwrap();
    print!("no end");
}

pub fn print_lines(count: i64) {
    for number in 0..count {
        println!("{number}");
    }
}

pub fn print_without_end(megabytes: usize) {
    let part = "x".repeat(65536);
    for _ in 0..megabytes * 16 {
        print!("{part}");
    }
}

pub fn print_bytes() {
    std::io::stdout().write_all(b"a\xff\x00b\n").unwrap();
}

pub fn child_without_end() {
    Command::new("printf").arg("half").status().unwrap();
}

pub fn flood_from_child(megabytes: i64) {
    Command::new("sh").args(["-c", &format!("yes | head -c {megabytes}000000")]).status().unwrap();
}

pub fn rest(seconds: f64) -> f64 {
    std::thread::sleep(std::time::Duration::from_secs_f64(seconds));
    seconds
}

pub fn wait_for(file: &str) -> bool {
    while !file.is_empty() && !std::path::Path::new(file).exists() {}
    true
}

extern "C" {
    fn setsid() -> i32;
    fn signal(number: i32, action: usize) -> usize;
}

/// Leaves a process behind that has made itself a daemon, then never returns.
pub fn hang(token: &str) {
    let mut daemon = Command::new("sh");
    daemon.args(["-c", "sleep 1000; :", token]).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    // SAFETY: neither call touches memory.
    unsafe {
        daemon.pre_exec(|| {
            setsid();
            Ok(())
        });
        signal(15, 1);
    }
    daemon.spawn().unwrap();
    println!("hanging");
    loop {
        std::hint::spin_loop();
    }
}

pub fn quit_process(code: i32) {
    std::process::exit(code);
}

pub fn crash() {
    // SAFETY: none; that is the point.
    unsafe { std::ptr::null_mut::<i64>().write_volatile(1) }
}

pub fn abort_process() {
    std::process::abort();
}

pub fn overflow_stack(depth: i64) -> i64 {
    let room = std::hint::black_box([depth; 512]);
    overflow_stack(depth + 1) + room[0]
}

pub fn use_helper() -> &'static str {
    helper::name()
}
