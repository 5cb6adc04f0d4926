#pragma once

#include <utility>
#include <vector>

namespace signal {

/// Each value with the mean of the `width` values around it.
std::vector<double> smooth(const std::vector<double>& values, int width);

double mean(const std::vector<double>& values);

/// The lowest and the highest.
std::pair<double, double> range(const std::vector<double>& values);

}  // namespace signal
