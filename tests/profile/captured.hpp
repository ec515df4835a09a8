// The frames of tests/data/frames.json: captured from devices, from vendors' documents, or built from published values; each with its source and what it
// is to say. Here stands what the file does not tell by itself.
#pragma once

#include <cstdint>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "core/bytes.hpp"
#include "support/places.hpp"

namespace blupow::test {

inline const nlohmann::json& frames() {
  static const nlohmann::json loaded = nlohmann::json::parse(std::ifstream(sourceFolder() / "tests/data/frames.json"));
  return loaded;
}

// By their places in the file.
constexpr std::size_t kStaleBuffer = 6;  // a Wanderer 30's sound answer to the read of 34 words at 0x0100 that holds an old transmit buffer
constexpr std::size_t kWithoutCrc = 41;  // the source cut the CRC off; its note says which it is

// Empty where an exception of any family stands.
inline std::string typeOf(const nlohmann::json& frame) {
  static const std::map<std::string, std::string> kTypes{{"charge_controller", "renogy_controller"},
                                                         {"inverter", "renogy_inverter"},
                                                         {"battery", "renogy_battery"},
                                                         {"dcdc_charger", "renogy_dcc"},
                                                         {"shunt", "renogy_shunt"},
                                                         {"protocol", ""}};
  return kTypes.at(frame.at("family").get<std::string>());
}

// The name that the device advertised, where it decides the variant (the source names it).
inline std::string advertisedNameOf(const nlohmann::json& frame) { return frame.at("model") == "RBT12500LFP-SHBT" ? "RNGPRO125BAT-EF036881" : ""; }

// In hexadecimal digits, with its CRC; empty where the entry is a request only.
inline std::string answerOf(const nlohmann::json& frame) {
  return frame.at("response_hex").get<std::string>() + (&frame == &frames().at(kWithoutCrc) ? "2dd6" : "");
}

// First register of the answer: as the entry says, or as its request asks.
inline std::optional<std::uint16_t> registerOf(const nlohmann::json& frame) {
  if (&frame == &frames().at(kStaleBuffer)) return std::uint16_t{0x0100};
  if (frame.contains("start_register")) return frame.at("start_register").get<std::uint16_t>();
  const auto request = fromHex(frame.at("request_hex").get<std::string>());
  if (!request || request->size() < 4 || request->at(1) != 3) return std::nullopt;
  return static_cast<std::uint16_t>((request->at(2) << 8U) | request->at(3));
}

}  // namespace blupow::test
