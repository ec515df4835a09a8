#include "profile/json/generic.hpp"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <set>
#include <string_view>
#include <utility>

#include "core/text.hpp"
#include "profile/json/build.hpp"
#include "profile/json/document.hpp"
#include "profile/json/schema.hpp"

namespace blupow::profile {

namespace {

using nlohmann::json;

// icon and state_class stand in descriptions of the first BluPow.
constexpr const char* kSchema = R"({
  "type": "object",
  "required": ["notify_uuid", "write_uuid", "sensors"],
  "properties": {
    "notify_uuid": { "$ref": "#/definitions/uuid" },
    "write_uuid": { "$ref": "#/definitions/uuid" },
    "device_id": { "type": "integer", "minimum": 1, "maximum": 255 },
    "sensors": { "type": "array", "minItems": 1, "maxItems": 200, "items": { "$ref": "#/definitions/sensor" } }
  },
  "definitions": {
    "uuid": { "type": "string", "pattern": "^([0-9a-fA-F]{4}|[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12})$" },
    "sensor": {
      "type": "object",
      "additionalProperties": false,
      "required": ["key", "register"],
      "properties": {
        "key": { "type": "string", "pattern": "^[a-z][a-z0-9_]*$", "maxLength": 64 },
        "name": { "type": "string", "pattern": "^[^_]+$", "maxLength": 100 },
        "register": { "type": ["integer", "string"], "minimum": 0, "maximum": 65535, "pattern": "^0x[0-9a-fA-F]{1,4}$" },
        "words": { "type": "integer", "minimum": 1, "maximum": 2 },
        "signed": { "type": "boolean" },
        "scale": { "type": "number", "minimum": -1000000, "maximum": 1000000 },
        "unit": { "type": "string", "maxLength": 16 },
        "device_class": { "type": "string", "maxLength": 64 },
        "state_class": { "type": "string", "maxLength": 64 },
        "icon": { "type": "string", "pattern": "^mdi:[a-z0-9-]+$", "maxLength": 64 }
      }
    }
  }
})";

constexpr std::uint16_t kMaxWords = 32;  // nothing is known of the device; the shyest of ours answer so many somewhere

struct Class {
  std::string_view name;  // Home Assistant's
  Quantity quantity;
  std::string_view unit;  // where none is said
};
constexpr std::array<Class, 9> kClasses{{{"voltage", Quantity::voltage, "V"},
                                         {"current", Quantity::current, "A"},
                                         {"power", Quantity::power, "W"},
                                         {"apparent_power", Quantity::apparent_power, "VA"},
                                         {"frequency", Quantity::frequency, "Hz"},
                                         {"temperature", Quantity::temperature, "°C"},
                                         {"battery", Quantity::state_of_charge, "%"},
                                         {"energy", Quantity::energy_total, "kWh"},
                                         {"duration", Quantity::duration, "s"}}};

ProfileError error(std::string path, std::string rule, std::string message) {
  return {.file = {}, .path = std::move(path), .rule = std::move(rule), .message = std::move(message)};
}

// Python wrote null for what was not given.
void dropNulls(json& object) {
  for (auto entry = object.begin(); entry != object.end();) entry = entry->is_null() ? object.erase(entry) : std::next(entry);
}

json withoutNulls(json document) {
  if (!document.is_object()) return document;
  dropNulls(document);
  const auto sensors = document.find("sensors");
  if (sensors == document.end() || !sensors->is_array()) return document;
  for (json& sensor : *sensors) {
    if (sensor.is_object()) dropNulls(sensor);
  }
  return document;
}

// "battery_voltage" -> "Battery voltage".
std::string nameFrom(std::string key) {
  std::ranges::replace(key, '_', ' ');
  return upperCase(key.substr(0, 1)) + key.substr(1);
}

Type typeOf(std::uint16_t words, bool is_signed) {
  if (words == 2) return is_signed ? Type::s32 : Type::u32;
  return is_signed ? Type::s16 : Type::u16;
}

Field fieldOf(const json& sensor) {
  Field field;
  field.key = sensor.at("key").get<std::string>();
  field.name = sensor.value("name", nameFrom(field.key));
  field.address = registerOf(sensor.at("register"));
  field.block = "register_" + std::to_string(field.address);
  field.words = sensor.value("words", std::uint16_t{1});
  field.type = typeOf(field.words, sensor.value("signed", false));
  field.scale = sensor.value("scale", 1.0);
  field.decimals = decimalsOf(field.scale);
  field.unit = sensor.value("unit", "");
  field.icon = sensor.value("icon", "");
  const auto known = std::ranges::find(kClasses, sensor.value("device_class", ""), &Class::name);
  if (known != kClasses.end()) {
    field.quantity = known->quantity;
    if (field.unit.empty()) field.unit = known->unit;
  }
  return field;
}

Profile profileOf(const json& document) {
  Profile profile;
  profile.type = kGenericType;
  profile.name = "Modbus device";
  profile.gatt.notify = fullUuid(document.at("notify_uuid").get<std::string>());
  profile.gatt.write = fullUuid(document.at("write_uuid").get<std::string>());
  profile.unit_ids = {document.value("device_id", std::uint8_t{1})};
  profile.max_words = kMaxWords;
  for (const json& sensor : document.at("sensors")) {
    const Field& field = profile.fields.emplace_back(fieldOf(sensor));
    const auto block = std::ranges::find(profile.blocks, field.block, &Block::name);
    if (block == profile.blocks.end()) {
      profile.blocks.push_back({.name = field.block, .address = field.address, .words = field.words});
    } else {
      block->words = std::max(block->words, field.words);
    }
  }
  return profile;
}

// What the schema cannot say.
std::vector<ProfileError> checkFields(const Profile& profile) {
  std::vector<ProfileError> errors;
  std::set<std::string_view> keys;
  std::set<std::string_view> names;
  if (isFirmwareUpdate(profile.gatt.write)) errors.push_back(error("/write_uuid", "dangerous", "the module's firmware update is never written to"));
  for (std::size_t index = 0; index < profile.fields.size(); ++index) {
    const Field& field = profile.fields[index];
    const std::string path = "/sensors/" + std::to_string(index);
    if (!keys.insert(field.key).second) errors.push_back(error(path + "/key", "unique_field", "there is another sensor " + field.key));
    if (!names.insert(field.name).second) errors.push_back(error(path + "/name", "unique_name", "there is another sensor named \"" + field.name + "\""));
    if (field.scale == 0) errors.push_back(error(path + "/scale", "scale", "a scale of 0 leaves nothing"));
    if (field.address + field.words > 65536) errors.push_back(error(path + "/register", "register_range", "it ends behind the last register, 65535"));
  }
  return errors;
}

LoadedProfile refused(std::vector<ProfileError> errors, const std::string& name) {
  for (ProfileError& one : errors) one.file = name;
  return {.profile = nullptr, .errors = std::move(errors)};
}

}  // namespace

LoadedProfile describeGeneric(const std::string& text, const std::string& name) {
  std::vector<ProfileError> errors;
  const json document = withoutNulls(parseStrictly(text, errors));
  if (std::ranges::none_of(errors, [](const ProfileError& one) { return one.rule == "json"; })) {
    const std::vector<ProfileError> more = checkSchema(json::parse(kSchema), document);
    errors.insert(errors.end(), more.begin(), more.end());
  }
  if (!errors.empty()) return refused(std::move(errors), name);

  Profile profile = profileOf(document);
  errors = checkFields(profile);
  if (!errors.empty()) return refused(std::move(errors), name);
  return {.profile = std::make_shared<const Profile>(std::move(profile)), .errors = {}};
}

}  // namespace blupow::profile
