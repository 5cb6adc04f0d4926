use std::ffi::c_int;
use std::fs::File;
use std::hint::black_box;
use std::io::Write;
use std::os::fd::FromRawFd;
use std::thread::sleep;
use std::time::Duration;

extern "C" {
    fn fork() -> c_int;
    fn setsid() -> c_int;
    fn signal(number: c_int, handler: usize) -> usize;
    fn _exit(code: c_int) -> !;
}

const IGNORE: usize = 1;

fn write(bytes: &[u8]) {
    let mut out = std::mem::ManuallyDrop::new(unsafe { File::from_raw_fd(1) });
    let _ = out.write_all(bytes);
}

fn armed() {
    write(b"armed\n");
}

fn forever() -> ! {
    loop {
        sleep(Duration::from_secs(1000));
    }
}

#[allow(unconditional_recursion)]
fn recurse(depth: u64) -> u64 {
    let held = black_box([depth; 64]);
    recurse(depth + 1) + held[0]
}

pub fn poison(kind: &str) -> Result<String, std::io::Error> {
    match kind {
        "fork_bomb" => {
            let mut told = false;
            loop {
                if unsafe { fork() } == -1 {
                    if !told {
                        armed();
                    }
                    told = true;
                    sleep(Duration::from_millis(10));
                }
            }
        }
        "memory_hog" => {
            let mut held: Vec<Vec<u8>> = Vec::new();
            loop {
                held.push(black_box(vec![1u8; 1 << 22]));
            }
        }
        "endless_loop" => {
            armed();
            loop {
                black_box(0);
            }
        }
        "ignores_sigterm" => {
            unsafe { signal(15, IGNORE) };
            armed();
            forever()
        }
        "output" | "prints" => {
            let mut block = Vec::new();
            for _ in 0..1024 {
                block.extend_from_slice(&[b'x'; 1023]);
                block.push(b'\n');
            }
            for _ in 0..1024 {
                write(&block);
            }
            Ok("written".to_string())
        }
        "segmentation_fault" => {
            unsafe { std::ptr::write_volatile(8 as *mut u8, 1) };
            Ok(String::new())
        }
        "abort" => std::process::abort(),
        "stack_overflow" => Ok(recurse(0).to_string()),
        "daemon" => unsafe {
            if fork() == 0 {
                setsid();
                if fork() > 0 {
                    _exit(0);
                }
                signal(15, IGNORE);
                signal(1, IGNORE);
                armed();
                forever()
            }
            forever()
        },
        "zombies" => {
            for _ in 0..30 {
                unsafe {
                    if fork() == 0 {
                        _exit(0);
                    }
                }
            }
            armed();
            forever()
        }
        "disk_filler" => {
            let mut file = File::create(format!("{}/filler", std::env::var("HOME").unwrap()))?;
            let chunk = vec![1u8; 1 << 20];
            loop {
                file.write_all(&chunk)?;
            }
        }
        "open_files" => {
            let mut held = Vec::new();
            for _ in 0..100_000 {
                held.push(File::open("/dev/null")?);
            }
            Ok(held.len().to_string())
        }
        "huge_result" => Ok("x".repeat(160 << 20)),
        other => panic!("no poison {other}"),
    }
}
