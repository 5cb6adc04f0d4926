#pragma once

namespace helper {
inline const char* name() { return "helper"; }
}  // namespace helper
