// What works, what does not, and the cure: from the bus up to an answer of each device. Blocks.
#pragma once

#include <chrono>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "app/add_on.hpp"
#include "app/options.hpp"
#include "core/radio.hpp"
#include "profile/catalogue.hpp"

namespace blupow::app {

struct Check {
  std::string name;        // "bus", "heard AA:BB:CC:DD:EE:FF"
  std::optional<bool> ok;  // nothing: could not be tried because of another failure
  std::string detail;
  std::string cure;  // empty unless ok is false
};

struct Examination {
  bool began = true;  // false: bad options, nothing was checked
  std::vector<Check> checks;

  bool ok() const;  // it began, and nothing failed
  bool accessDenied() const;
  std::string complaint() const;  // one clause that names what failed
};

struct DoctorRequest {
  std::filesystem::path data;
  std::chrono::seconds time{10};  // to be heard, and again to answer, each device
  std::optional<SupervisorAccess> supervisor = std::nullopt;
};

Examination examine(const Options& options, const DoctorRequest& request, const profile::Catalogue& catalogue);

// The first four checks, as the radio's condition tells them. Pure.
std::vector<Check> radioChecks(const RadioStatus& status, const std::string& wanted_adapter);

}  // namespace blupow::app
