#include <algorithm>
#include <numeric>
#include <stdexcept>

#include "signal/signal.hpp"

namespace signal {

double mean(const std::vector<double>& values) {
  if (values.empty()) throw std::invalid_argument("no value has a mean");
  return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

std::pair<double, double> range(const std::vector<double>& values) {
  if (values.empty()) throw std::invalid_argument("no value has a range");
  const auto ends = std::minmax_element(values.begin(), values.end());
  return {*ends.first, *ends.second};
}

}  // namespace signal
