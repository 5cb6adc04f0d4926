// Where in a value a reader or writer stands, and what is said of a value that does not fit.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace polyglot {

/// Containers in containers, as the agent and the other languages have it.
constexpr int max_depth = 500;

/// A value that does not fit; `path` leads from the argument or result to the element.
struct ConversionError {
  std::string message;
};

/// A step to an element: its index, or its key.
struct Step {
  std::size_t index;
  std::string key;
  bool is_key;
};

/// Where in a value a reader or writer stands.
class Path {
 public:
  void enter() {
    if (steps_.size() >= max_depth) throw ConversionError{"nested more than " + std::to_string(max_depth) + " deep"};
    steps_.push_back(Step{0, std::string(), false});
  }
  void at(std::size_t index) { steps_.back().index = index; }
  void at(const std::string& key) {
    steps_.back().key = key;
    steps_.back().is_key = true;
  }
  void leave() { steps_.pop_back(); }
  void clear() { steps_.clear(); }
  const std::vector<Step>& steps() const { return steps_; }

 private:
  std::vector<Step> steps_;
};

}  // namespace polyglot
