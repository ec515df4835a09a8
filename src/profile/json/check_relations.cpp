#include "profile/json/check_relations.hpp"

#include <algorithm>
#include <set>

#include "profile/json/check_field.hpp"

namespace blupow::profile {

namespace {

class Relations {
 public:
  Relations(const Profile& profile, const std::vector<std::string>& places, Findings& findings) : profile_(profile), places_(places), findings_(findings) {}

  void check() {
    for (std::size_t index = 0; index < profile_.fields.size(); ++index) checkField(index);
    checkOrders();
    checkMeters();
  }

 private:
  void needNumber(const std::string& key, const std::string& path) {
    const Field* field = profile_.field(key);
    if (field == nullptr) {
      findings_.addOnce(path, "known_field", "there is no field " + key);
    } else if (!isNumber(field->type)) {
      findings_.addOnce(path, "known_field", "field " + key + " is no number");
    }
  }

  void needWord(const std::string& key, const std::string& word, const std::string& path) {
    const Field* field = profile_.field(key);
    if (field == nullptr || field->type != Type::enumeration) {
      findings_.add(path + "/key", "known_field", "there is no enumeration " + key);
    } else if (std::ranges::find(field->values, word, &Word::word) == field->values.end()) {
      findings_.add(path + "/word", "known_word", "field " + key + " never says " + word);
    }
  }

  void checkField(std::size_t index) {
    const Field& field = profile_.fields[index];
    const std::string& path = places_[index];
    if (!field.count.empty()) needNumber(field.count, path + "/count");
    if (!field.times.empty()) needNumber(field.times, path + "/times");
    if (const Field* by = profile_.field(field.times); by != nullptr && (!by->times.empty() || !by->count.empty())) {
      findings_.addOnce(path + "/times", "known_field", "field " + field.times + " hangs on another one itself");
    }
    for (std::size_t input = 0; input < field.inputs.size(); ++input) checkInput(index, field.inputs[input], path + "/inputs/" + std::to_string(input));
    if (field.setting) checkSettingOf(*field.setting, path + "/setting");
  }

  void checkInput(std::size_t index, const std::string& key, const std::string& path) {
    needNumber(key, path);
    const auto input = std::ranges::find(profile_.fields, key, &Field::key);
    if (input == profile_.fields.end() || !isDerived(input->type)) return;
    if (static_cast<std::size_t>(input - profile_.fields.begin()) >= index) {
      findings_.add(path, "known_field", "field " + key + " is derived too and must stand before this one");
    }
  }

  void checkSettingOf(const Setting& setting, const std::string& path) {
    if (profile_.gatt.write.empty()) findings_.add(path, "setting", "the device has no characteristic to write to");
    if (!setting.when_key.empty()) needWord(setting.when_key, setting.when_word, path + "/when");
    if (!setting.follows_key.empty()) needWord(setting.follows_key, setting.follows_word, path + "/follows");
  }

  bool isOfAQuirk(const std::string& key) const {
    return std::ranges::any_of(profile_.quirks, [&](const Quirk& quirk) { return std::ranges::find(quirk.fields, key, &Field::key) != quirk.fields.end(); });
  }

  // Some variants only may have what is ordered.
  void checkOrders() {
    for (std::size_t order = 0; order < profile_.ascending.size(); ++order) {
      for (std::size_t index = 0; index < profile_.ascending[order].size(); ++index) {
        if (profile_.field(profile_.ascending[order][index]) == nullptr && isOfAQuirk(profile_.ascending[order][index])) continue;
        needNumber(profile_.ascending[order][index], "/ascending/" + std::to_string(order) + "/" + std::to_string(index));
      }
    }
  }

  // Home Assistant names entities by key and name, those of meters too.
  void checkMeters() {
    std::set<std::string_view> keys;
    std::set<std::string_view> names;
    for (const Field& field : profile_.fields) {
      keys.insert(field.key);
      names.insert(field.name);
    }
    for (std::size_t index = 0; index < profile_.meters.size(); ++index) {
      const Meter& meter = profile_.meters[index];
      const std::string path = "/meters/" + std::to_string(index);
      needNumber(meter.power, path + "/power");
      if (!keys.insert(meter.key).second) findings_.addOnce(path + "/key", "unique_field", "there is another field or meter " + meter.key);
      if (!names.insert(meter.name).second) findings_.addOnce(path + "/name", "unique_name", "there is another field or meter named \"" + meter.name + "\"");
    }
  }

  const Profile& profile_;
  const std::vector<std::string>& places_;
  Findings& findings_;
};

}  // namespace

void checkRelations(const Profile& profile, const std::vector<std::string>& places, Findings& findings) { Relations(profile, places, findings).check(); }

}  // namespace blupow::profile
