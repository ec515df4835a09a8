#include "profile/derive.hpp"

#include <algorithm>
#include <cmath>

#include "profile/decode.hpp"
#include "profile/field_value.hpp"

namespace blupow::profile {

namespace {

bool counts(const Field& field, double number) {
  return field.values.empty() || std::ranges::any_of(field.values, [number](const Word& word) { return static_cast<double>(word.code) == number; });
}

std::optional<Value> firstOf(const Field& field, const Readings& readings, const Readings& known) {
  for (const std::string& input : field.inputs) {
    const Readings& source = readings.contains(input) ? readings : known;
    const auto found = source.find(input);
    if (found == source.end()) continue;
    if (const std::optional<double> number = asNumber(found->second); number && counts(field, *number)) return found->second;
  }
  return std::nullopt;
}

}  // namespace

std::optional<Value> derivedValue(const Field& field, const Readings& readings, const Readings& known) {
  if (field.type == Type::first) return firstOf(field, readings, known);
  std::vector<double> numbers;
  for (const std::string& input : field.inputs) {
    const std::optional<double> number = numberIn(readings, input);
    if (!number) return std::nullopt;
    numbers.push_back(*number);
  }
  if (field.type == Type::ratio) {
    if (numbers.size() != 2 || numbers[1] == 0) return std::nullopt;
    return rounded(numbers[0] / numbers[1] * field.scale, field.decimals);
  }
  double product = field.scale;
  for (const double number : numbers) product *= number;
  return rounded(product, field.decimals);
}

void derive(const Profile& profile, Readings& readings) {
  for (const Field& field : profile.fields) {
    if (!isDerived(field.type)) continue;
    std::optional<Value> value = derivedValue(field, readings, {});
    if (value && implausibleText(field, *value).empty()) {
      readings.insert_or_assign(field.key, *std::move(value));
    } else {
      readings.erase(field.key);
    }
  }
}

}  // namespace blupow::profile
