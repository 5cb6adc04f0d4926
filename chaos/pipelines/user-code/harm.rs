pub fn echo(key: &str) -> String {
    key.to_string()
}

pub fn crash(how: &str) {
    match how {
        "segfault" => unsafe { std::ptr::null_mut::<u8>().write_volatile(1) },
        "stack" => {
            deeper(0);
        }
        "memory" => fill_memory(),
        _ => {}
    }
    std::process::abort();
}

#[inline(never)]
fn deeper(depth: u64) -> u64 {
    let room = std::hint::black_box([depth; 512]);
    deeper(room[0] + 1) + std::hint::black_box(room)[511]
}

fn fill_memory() {
    let mut held: Vec<Vec<u8>> = Vec::new();
    loop {
        held.push(vec![1; 16 << 20]);
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
}
