#include "profile/value.hpp"

#include <array>
#include <charconv>
#include <cmath>

namespace blupow::profile {

std::optional<double> asNumber(const Value& value) {
  if (const auto* whole = std::get_if<std::int64_t>(&value)) return static_cast<double>(*whole);
  if (const auto* number = std::get_if<double>(&value)) return *number;
  return std::nullopt;
}

std::optional<double> numberIn(const Readings& readings, std::string_view key) {
  const auto found = readings.find(key);
  return found == readings.end() ? std::nullopt : asNumber(found->second);
}

std::optional<std::int64_t> wholeIn(const Readings& readings, std::string_view key) {
  const auto found = readings.find(key);
  const auto* number = found == readings.end() ? nullptr : std::get_if<std::int64_t>(&found->second);
  return number ? std::optional(*number) : std::nullopt;
}

std::string textIn(const Readings& readings, std::string_view key) {
  const auto found = readings.find(key);
  const auto* text = found == readings.end() ? nullptr : std::get_if<std::string>(&found->second);
  return text ? *text : std::string();
}

Value rounded(double number, int decimals) {
  if (decimals == 0) return std::int64_t{std::llround(number)};
  const double power = std::pow(10.0, decimals);
  return std::round(number * power) / power + 0.0;  // + 0.0 makes 0 of -0
}

std::string numberText(double number) {
  std::array<char, 32> digits{};
  const auto [end, error] = std::to_chars(digits.data(), digits.data() + digits.size(), number);
  return error == std::errc() ? std::string(digits.data(), end) : std::string();
}

}  // namespace blupow::profile
