#pragma once
// What `facet run` says before it begins: what runs on what, and what is missing.

#include <span>
#include <string>
#include <vector>

#include "engine/live.h"

namespace facet::app {

/// Lines for people: the run, its experts with model and measured cost, its cameras with address (without password), decode
/// policy and experts, at most kCamerasShown of them; then what will not work and why.
inline constexpr std::size_t kCamerasShown = 32;
std::vector<std::string> startup_report(const engine::Site& site, const engine::Plan& plan,
                                        const engine::LiveOptions& options);

/// Raises the limit of open files as far as this process may. What there is to say where so many cameras may need more than
/// that; "" otherwise.
std::string raise_file_limit(std::size_t cameras);

}  // namespace facet::app
