#include <chrono>
#include <cstdlib>
#include <string>
#include <thread>
#include <vector>

std::string echo(const std::string& key) { return key; }

static volatile int depth = 0;

static int deeper(int at) {
  volatile char room[4096];
  room[at % 4096] = static_cast<char>(at);
  depth = at;
  return deeper(at + 1) + room[0];
}

static void fill_memory() {
  std::vector<std::string> held;
  for (;;) {
    held.emplace_back(16 << 20, 'x');
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
}

void crash(const std::string& how) {
  if (how == "segfault") *static_cast<volatile int*>(nullptr) = 1;
  if (how == "stack") deeper(0);
  if (how == "memory") fill_memory();
  std::abort();
}
