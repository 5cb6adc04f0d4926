#include <algorithm>
#include <stdexcept>

#include "signal/signal.hpp"

namespace signal {

std::vector<double> smooth(const std::vector<double>& values, int width) {
  if (width < 1) throw std::invalid_argument("a width of at least 1 is needed");
  const int size = static_cast<int>(values.size());
  std::vector<double> smoothed;
  for (int at = 0; at < size; ++at) {
    const int from = std::max(0, at - width / 2);
    const int to = std::min(size, at + width / 2 + 1);
    smoothed.push_back(mean({values.begin() + from, values.begin() + to}));
  }
  return smoothed;
}

}  // namespace signal
