// What the conformance suite calls, as people write functions: nothing of Polyglot's in sight. C++11.
#include "helper.hpp"

#include <array>
#include <chrono>
#include <cstdint>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <map>
#include <set>
#include <stdexcept>
#include <string>
#include <thread>
#include <tuple>
#include <typeinfo>
#include <unistd.h>
#include <unordered_map>
#include <utility>
#include <vector>
#if __cplusplus >= 201703L
#include <optional>
#include <string_view>
#endif

using Rows = std::vector<std::map<std::string, std::vector<std::int64_t>>>;

bool echo_bool(bool value) { return value; }
std::int8_t echo_byte(std::int8_t value) { return value; }
long long echo_int(long long value) noexcept { return value; }
unsigned long long echo_unsigned(const unsigned long long value) { return value; }
double echo_float(double value) { return value; }
float echo_single(float value) { return value; }
std::string echo_text(const std::string& value) { return value; }
std::vector<std::uint8_t> echo_bytes(std::vector<std::uint8_t> value) { return value; }
std::vector<long> echo_ints(std::vector<long>&& value) { return std::move(value); }
std::vector<double>& echo_floats(std::vector<double>& value) { return value; }
std::unordered_map<std::string, int> echo_map(const std::unordered_map<std::string, int>& value) { return value; }
std::map<int, std::string> echo_int_map(std::map<int, std::string> value) { return value; }
std::array<int, 3> echo_array(const std::array<int, 3>& value) { return value; }
std::set<std::string> echo_set(std::set<std::string> value) { return value; }
std::vector<bool> echo_flags(const std::vector<bool>& value) { return value; }
std::vector<std::pair<std::string, int>> echo_pairs(const std::vector<std::pair<std::string, int>>& value) { return value; }
Rows echo_rows(const Rows& value) { return value; }

#if __cplusplus >= 201703L
std::optional<int> echo_optional(std::optional<int> value) { return value; }
std::vector<std::map<std::string, std::vector<std::optional<int>>>> echo_nested(
    const std::vector<std::map<std::string, std::vector<std::optional<int>>>>& value) {
  return value;
}
std::string echo_view(std::string_view value) { return std::string(value); }
#endif

namespace shapes {
namespace inner {
int twice(int value) { return value * 2; }
}  // namespace inner
}  // namespace shapes

std::pair<int, std::string> pair() { return {1, "two"}; }

std::string named(const std::string& first, int second = 2, const std::string& third = "three") {
  return first + "-" + std::to_string(second) + "-" + third;
}

int next_number() {
  static int last = 0;
  return ++last;
}

class Rejected : public std::invalid_argument {
 public:
  using std::invalid_argument::invalid_argument;
};

void reject(const std::string& message) { throw Rejected(message); }

void fail_by(const std::string& way) {
  if (way == "number") throw 42;
  if (way == "text") throw std::string("plain");
  if (way == "memory") throw std::bad_alloc();
  if (way == "range") std::vector<int>().at(3);
  if (way == "cast") throw std::bad_cast();
  if (way == "runtime") throw std::runtime_error("at runtime");
  if (way == "logic") throw std::logic_error("no logic");
  if (way == "bytes") throw std::runtime_error("\xff");
  std::stoi("no number");
}

void say(const std::string& text) {
  std::cout << text << "\n";
  std::cout << "half a ";
  std::printf("line\n");
  std::cerr << "to stderr" << std::endl;
  std::fflush(nullptr);
  if (std::system("echo from a child") != 0) throw std::runtime_error("no shell");
  std::cout << "no end";
}

void print_lines(int count) {
  for (int number = 0; number < count; ++number) std::cout << number << "\n";
}

void print_without_end(int megabytes) {
  const std::string part(65536, 'x');
  for (int at = 0; at < megabytes * 16; ++at) std::cout << part;
}

void print_bytes() { std::cout.write("a\xff\0b\n", 5); }

void child_without_end() {
  if (std::system("printf half") != 0) throw std::runtime_error("no shell");
}

void flood_from_child(int megabytes) {
  const std::string command = "yes | head -c " + std::to_string(megabytes) + "000000";
  if (std::system(command.c_str()) < 0) throw std::runtime_error("no shell");
}

double rest(double seconds) {
  std::this_thread::sleep_for(std::chrono::duration<double>(seconds));
  return seconds;
}

bool wait_for(const std::string& file) {
  while (!file.empty() && !std::ifstream(file)) {
  }
  return true;
}

// Leaves a process behind that has made itself a daemon, then never returns.
void hang(const std::string& token) {
  const std::string command = "setsid sh -c 'sleep 1000; :' " + token + " </dev/null >/dev/null 2>&1 &";
  if (std::system(command.c_str()) != 0) throw std::runtime_error("no shell");
  std::signal(SIGTERM, SIG_IGN);
  std::cout << "hanging" << std::endl;
  for (;;) {
  }
}

void quit_process(int code) { _exit(code); }

void crash() {
  volatile int* nothing = nullptr;
  *nothing = 1;
}

void abort_process() { std::abort(); }

int overflow_stack(int depth) {
  volatile char room[4096] = {};
  return overflow_stack(depth + 1) + room[depth % 4096];
}

std::map<std::string, std::vector<std::map<std::string, std::string>>> unconvertible() {
  return {{"rows", {{{"price", "1"}}, {{"price", "\xff"}}}}};
}

std::string use_helper() { return helper::name(); }
