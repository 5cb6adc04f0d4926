#include <chrono>
#include <csignal>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <fstream>
#include <stdexcept>
#include <string>
#include <thread>
#include <unistd.h>
#include <vector>

namespace {

void say(const std::string& text) {
  for (std::size_t at = 0; at < text.size();) {
    const auto written = write(1, text.data() + at, text.size() - at);
    if (written <= 0) return;
    at += static_cast<std::size_t>(written);
  }
}

void armed() { say("armed\n"); }

[[noreturn]] void forever() {
  for (;;) std::this_thread::sleep_for(std::chrono::seconds(1000));
}

int recurse(volatile int depth) {
  volatile char held[4096];
  held[depth % 4096] = 1;
  return recurse(depth + 1) + held[0];
}

[[noreturn]] void fork_bomb() {
  for (bool told = false;;) {
    if (fork() != -1) continue;
    if (!told) armed();
    told = true;
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
}

[[noreturn]] void leave_a_daemon() {
  if (fork() == 0) {
    setsid();
    if (fork() > 0) _exit(0);
    std::signal(SIGTERM, SIG_IGN);
    std::signal(SIGHUP, SIG_IGN);
    armed();
    forever();
  }
  forever();
}

}  // namespace

std::string poison(std::string kind) {
  if (kind == "fork_bomb") fork_bomb();
  if (kind == "memory_hog") {
    std::vector<std::vector<char>> held;
    for (;;) held.emplace_back(1 << 22, 'x');
  }
  if (kind == "endless_loop") {
    armed();
    for (volatile int turns = 0;; turns = turns + 1) {
    }
  }
  if (kind == "ignores_sigterm") {
    std::signal(SIGTERM, SIG_IGN);
    armed();
    forever();
  }
  if (kind == "output" || kind == "prints") {
    std::string block;
    for (int line = 0; line < 1024; ++line) block += std::string(1023, 'x') + "\n";
    for (int count = 0; count < 1024; ++count) say(block);
    return "written";
  }
  if (kind == "segmentation_fault") *reinterpret_cast<volatile char*>(8) = 1;
  if (kind == "abort") std::abort();
  if (kind == "stack_overflow") return std::to_string(recurse(0));
  if (kind == "daemon") leave_a_daemon();
  if (kind == "zombies") {
    for (int count = 0; count < 30; ++count) {
      if (fork() == 0) _exit(0);
    }
    armed();
    forever();
  }
  if (kind == "disk_filler") {
    std::ofstream file(std::string(std::getenv("HOME")) + "/filler");
    const std::string chunk(1 << 20, 'x');
    for (;;) file << chunk << std::flush;
  }
  if (kind == "open_files") {
    for (int count = 0; count < 100000; ++count) {
      if (open("/dev/null", O_RDONLY) == -1) throw std::runtime_error(std::strerror(errno));
    }
    return "opened";
  }
  if (kind == "huge_result") return std::string(160u << 20, 'x');
  throw std::runtime_error("no poison " + kind);
}
