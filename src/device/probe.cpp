#include "device/probe.hpp"

#include <algorithm>
#include <regex>

#include "core/text.hpp"
#include "profile/decode.hpp"
#include "profile/variant.hpp"

namespace blupow::device {

namespace {
using profile::IdentifyRead;
using profile::ProfilePtr;

void addTo(std::vector<Probe>& probes, Probe probe) {
  const auto same = std::ranges::find_if(probes, [&](const Probe& other) {
    return other.unit == probe.unit && other.address == probe.address && other.words == probe.words && other.plausible == probe.plausible;
  });
  if (same == probes.end()) {
    probes.push_back(std::move(probe));
  } else {
    same->families.push_back(probe.families.front());
  }
}

const IdentifyRead* readOf(const profile::Profile& family, const Probe& probe) {
  const auto found = std::ranges::find_if(family.identify, [&](const IdentifyRead& read) {
    return read.address == probe.address && read.words == probe.words && read.plausible == probe.plausible;
  });
  return found == family.identify.end() ? nullptr : &*found;
}

bool makesSense(const ProfilePtr& family, const IdentifyRead& read, const std::vector<std::uint16_t>& words, std::string_view advertised_name) {
  if (std::ranges::all_of(words, [&](std::uint16_t word) { return word == words.front(); })) return false;  // no device, or an empty one
  if (!read.fits(words)) return false;
  const auto decoded = profile::decode(*profile::variantFor(family, read.model, advertised_name), read.address, words);
  return decoded.implausible.empty() && !decoded.readings.empty();
}
}  // namespace

std::string Probe::described(std::string_view what) const {
  return "register " + std::to_string(address) + " at id " + std::to_string(unit) + ": " + std::string(what);
}

std::vector<Probe> textProbes(const std::vector<ProfilePtr>& families) {
  std::vector<Probe> probes;
  std::size_t rounds = 0;
  for (const auto& family : families) rounds = std::max(rounds, family->unit_ids.size());
  for (std::size_t round = 0; round < rounds; ++round) {
    for (const auto& family : families) {
      if (round >= family->unit_ids.size()) continue;
      for (const IdentifyRead& read : family->identify) {
        if (read.plausible) continue;
        addTo(probes, {.unit = family->unit_ids[round], .address = read.address, .words = read.words, .round = round, .families = {family}});
      }
    }
  }
  return probes;
}

std::vector<Probe> plausibleProbes(const Probe& in_vain, std::string_view advertised_name) {
  const std::string_view name = trimmed(advertised_name);
  std::vector<Probe> probes;
  for (const auto& family : in_vain.families) {
    for (const IdentifyRead& read : family->identify) {
      if (!read.plausible) continue;
      if (!read.names.empty() && !std::regex_search(name.begin(), name.end(), std::regex(read.names))) continue;
      addTo(probes, {.unit = in_vain.unit, .address = read.address, .words = read.words, .plausible = true, .round = in_vain.round, .families = {family}});
    }
  }
  return probes;
}

std::optional<Found> recognised(const Probe& probe, const modbus::Answer& answer, std::string_view advertised_name) {
  const std::string text = textOf(answer.words);
  std::optional<Found> found;
  for (const auto& family : probe.families) {
    const IdentifyRead* read = readOf(*family, probe);
    if (!read) continue;
    if (probe.plausible ? !makesSense(family, *read, answer.words, advertised_name) : !std::regex_search(text, read->expression)) continue;
    if (found) return probe.plausible ? std::nullopt : found;
    const std::uint8_t own_id = probe.unit == modbus::kAnyUnit && answer.unit != modbus::kAnyUnit ? answer.unit : std::uint8_t{0};
    found = Found{.id = probe.unit, .family = family, .model = probe.plausible ? read->model : text, .serial_number = {}, .own_id = own_id};
  }
  return found;
}

std::string textOf(const std::vector<std::uint16_t>& words) {
  std::string text;
  for (const std::uint16_t word : words) {
    text += static_cast<char>(word >> 8U);
    text += static_cast<char>(word & 0xFFU);
  }
  return printable(trimmed(text));
}

bool namesOne(std::string_view serial_number) {
  return serial_number.find_first_not_of("0 ") != std::string_view::npos && serial_number.find_first_not_of("fF") != std::string_view::npos;
}

}  // namespace blupow::device
