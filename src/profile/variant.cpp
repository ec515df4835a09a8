#include "profile/variant.hpp"

#include <algorithm>
#include <utility>

#include "core/text.hpp"

namespace blupow::profile {

namespace {

bool fits(const std::string& pattern, std::string_view text) { return pattern.empty() || std::regex_search(text.begin(), text.end(), std::regex(pattern)); }

// Takes the place of the element that has the same name (or key), else goes to the end.
template <typename Element>
void put(std::vector<Element>& elements, const Element& element, std::string Element::* name) {
  const auto found = std::ranges::find(elements, element.*name, name);
  if (found == elements.end()) {
    elements.push_back(element);
  } else {
    *found = element;
  }
}

void apply(Profile& profile, const Quirk& quirk) {
  for (const std::string& name : quirk.without) {
    std::erase_if(profile.blocks, [&](const Block& block) { return block.name == name; });
    std::erase_if(profile.fields, [&](const Field& field) { return field.block == name || field.key == name; });
    std::erase_if(profile.meters, [&](const Meter& meter) { return meter.key == name; });
  }
  for (const Block& block : quirk.blocks) put(profile.blocks, block, &Block::name);
  for (const Field& field : quirk.fields) put(profile.fields, field, &Field::key);
  if (quirk.max_words) profile.max_words = *quirk.max_words;
}

// What hangs on fields that are no more goes with them: meters, derived values, places in an order.
void prune(Profile& profile) {
  const auto is_missing = [&](const std::string& key) { return profile.field(key) == nullptr; };
  // In their order: a derived value may be the input of a later one.
  for (std::size_t index = 0; index < profile.fields.size();) {
    const Field& field = profile.fields[index];
    const bool is_lost = field.type == Type::first ? std::ranges::all_of(field.inputs, is_missing) : std::ranges::any_of(field.inputs, is_missing);
    if (isDerived(field.type) && is_lost) {
      profile.fields.erase(profile.fields.begin() + static_cast<std::ptrdiff_t>(index));
    } else {
      std::erase_if(profile.fields[index].inputs, is_missing);
      ++index;
    }
  }
  std::erase_if(profile.meters, [&](const Meter& meter) { return is_missing(meter.power); });
  for (std::vector<std::string>& order : profile.ascending) std::erase_if(order, is_missing);
}

}  // namespace

Profile withQuirk(const Profile& family, const Quirk& quirk) {
  Profile result = family;
  apply(result, quirk);
  prune(result);
  return result;
}

ProfilePtr variantFor(const ProfilePtr& family, std::string_view model, std::string_view advertised_name) {
  std::shared_ptr<Profile> variant;
  for (const Quirk& quirk : family->quirks) {
    if (!fits(quirk.models, trimmed(model)) || !fits(quirk.names, trimmed(advertised_name))) continue;
    if (!variant) variant = std::make_shared<Profile>(*family);
    apply(*variant, quirk);
  }
  if (!variant) return family;
  prune(*variant);  // once: what one quirk takes away another may put back
  return variant;
}

}  // namespace blupow::profile
