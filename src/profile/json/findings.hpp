// What is wrong with one document, as it is found. Inside of this room only.
#pragma once

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "profile/json/loader.hpp"

namespace blupow::profile {

class Findings {
 public:
  void add(std::string path, std::string rule, std::string message) {
    errors_.push_back({.file = {}, .path = std::move(path), .rule = std::move(rule), .message = std::move(message)});
  }

  // For what would be told again of each field that a repeated one gives.
  void addOnce(std::string path, std::string rule, std::string message) {
    const auto is_told = [&](const ProfileError& error) { return error.path == path && error.rule == rule; };
    if (std::ranges::none_of(errors_, is_told)) add(std::move(path), std::move(rule), std::move(message));
  }

  std::vector<ProfileError> take() { return std::move(errors_); }

 private:
  std::vector<ProfileError> errors_;
};

}  // namespace blupow::profile
