// One poll of one device, without the service. Blocks until it is done or its time is over; leaves no link behind that it made.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "app/register_dump.hpp"
#include "core/failure.hpp"
#include "core/mac_address.hpp"
#include "profile/catalogue.hpp"
#include "profile/value.hpp"

namespace blupow::app {

struct UnitReading {
  std::uint8_t id = 0;
  std::string type;   // empty where no profile fits: of a dump only
  std::string model;  // may be empty
  profile::Readings state;
  std::optional<Registers> registers{};  // of a dump
};

struct ReadRequest {
  MacAddress address;
  profile::ProfilePtr type;          // null = recognise it
  std::optional<std::uint8_t> unit;  // only this Modbus id
  std::chrono::seconds time{30};     // for all of it
  std::string adapter;               // empty = the first powered one
  bool time_from_heard = false;      // the time begins anew when the device is heard
  bool dump = false;                 // all readable registers too, also of a device that no profile fits
};

struct ReadOutcome {
  bool heard = false;
  bool was_connected = false;  // already, not by us: it was left alone
  Result<std::vector<UnitReading>> units;
};

ReadOutcome readDevice(const ReadRequest& request, const profile::Catalogue& catalogue);

}  // namespace blupow::app
