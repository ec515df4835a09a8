// A session that runs against a simulated module from the first moment on.
#pragma once

#include <utility>

#include "device/driver.hpp"
#include "device/module.hpp"
#include "device/profiles.hpp"

namespace blupow::device::test {

inline SessionConfig known() {
  SessionConfig config;
  config.units = {{.id = kInverterId, .family = shared(inverter()), .model = "RIV1230RCH-SPS"}};
  return config;
}

struct Running {
  explicit Running(SessionConfig config = known(), Module device = inverterModule())
      : module(std::move(device)), all(catalogue()), driver(std::move(config), all) {
    driver.device = [this](const Bytes& request) { return module(request); };
    driver.radio(RadioState::ready);
  }
  bool untilIdle(Duration bound = std::chrono::seconds(15)) {
    return driver.runUntil([this] { return driver.session().state() == State::idle; }, bound);
  }
  Module module;
  profile::Catalogue all;
  Driver driver;
};

inline profile::Value whole(std::int64_t number) { return number; }

}  // namespace blupow::device::test
