#include "profile/json/schema.hpp"

#include <array>
#include <nlohmann/json.hpp>
#include <string_view>
#include <valijson/adapters/nlohmann_json_adapter.hpp>
#include <valijson/schema.hpp>
#include <valijson/schema_parser.hpp>
#include <valijson/validation_results.hpp>
#include <valijson/validator.hpp>

#include "profile/json/document.hpp"

namespace blupow::profile {

namespace {

using nlohmann::json;
using Steps = std::vector<std::string>;

// valijson 1.0 tells the rule by the beginning of its sentence only. What begins otherwise repeats a child's error for its parent.
struct Sentence {
  std::string_view beginning;
  std::string_view rule;
};
constexpr std::array<Sentence, 13> kSentences{{{"Missing required property", "required"},
                                               {"Object contains a property that could not be validated", "additionalProperties"},
                                               {"Value type not permitted", "type"},
                                               {"Expected number less than", "maximum"},
                                               {"Expected number greater than", "minimum"},
                                               {"String should be no more than", "maxLength"},
                                               {"String should be no fewer than", "minLength"},
                                               {"Array should contain no more than", "maxItems"},
                                               {"Array should contain no fewer than", "minItems"},
                                               {"Object should have no fewer than", "minProperties"},
                                               {"Failed to match regex", "pattern"},
                                               {"Failed to match against any enum", "enum"},
                                               {"Elements at indexes", "uniqueItems"}}};

std::string_view ruleOf(std::string_view sentence) {
  for (const Sentence& known : kSentences) {
    if (sentence.starts_with(known.beginning)) return known.rule;
  }
  return sentence.starts_with("Failed to validate") ? "" : "schema";
}

// "<root>", "[fields]", "[1]" -> "fields", "1".
Steps stepsOf(const std::vector<std::string>& context) {
  Steps steps;
  for (const std::string& part : context) {
    if (part.starts_with('[') && part.ends_with(']')) steps.push_back(part.substr(1, part.size() - 2));
  }
  return steps;
}

std::string pointerOf(const Steps& steps) {
  std::string pointer;
  for (const std::string& step : steps) pointer += pointerStep(step);
  return pointer;
}

const json* childOf(const json* node, const std::string& key) {
  if (node == nullptr || !node->is_object()) return nullptr;
  const auto found = node->find(key);
  return found == node->end() ? nullptr : &*found;
}

const json* resolved(const json& schema, const json* node) {
  const json* reference = childOf(node, "$ref");
  if (reference == nullptr || !reference->is_string()) return node;
  const std::string& text = reference->get_ref<const std::string&>();
  const std::size_t name = text.rfind('/') + 1;
  return childOf(childOf(&schema, "definitions"), text.substr(name));
}

// The part of the schema that says what may stand at this place.
const json* schemaAt(const json& schema, const Steps& steps) {
  const json* node = &schema;
  for (const std::string& step : steps) {
    const json* next = childOf(childOf(node, "properties"), step);
    if (next == nullptr) next = childOf(node, "items");
    if (next == nullptr) {
      const json* patterns = childOf(node, "patternProperties");
      if (patterns != nullptr && !patterns->empty()) next = &patterns->begin().value();
    }
    node = resolved(schema, next);
  }
  return node;
}

std::string listed(const json& names) {
  if (names.is_string()) return names.get<std::string>();
  std::string text;
  for (const json& name : names) text += (text.empty() ? "" : ", ") + (name.is_string() ? name.get<std::string>() : name.dump());
  return text;
}

std::string quoted(const std::string& sentence) {
  const std::size_t first = sentence.find('\'');
  const std::size_t last = sentence.rfind('\'');
  return last > first ? sentence.substr(first + 1, last - first - 1) : sentence;
}

// What the schema says about a rule, as a clause behind the value: "70000 is more than 65535".
std::string sentenceFor(std::string_view rule, const std::string& value, const json* limit) {
  if (limit == nullptr) return value + " does not fit";
  const std::string bound = listed(*limit);
  if (rule == "type") return value + (limit->is_array() ? " is none of " : " is no ") + bound;
  if (rule == "maximum") return value + " is more than " + bound;
  if (rule == "minimum") return value + " is less than " + bound;
  if (rule == "enum") return value + " is none of " + bound;
  if (rule == "pattern") return value + " does not have the form " + bound;
  if (rule == "maxLength") return value + " is longer than " + bound + " characters";
  if (rule == "minLength") return value + " is shorter than " + bound + " characters";
  if (rule == "maxItems") return "more than " + bound + " elements";
  return "fewer than " + bound + " elements";  // minItems, minProperties
}

ProfileError errorOf(const json& schema, const json& document, Steps steps, const std::string& sentence) {
  const std::string rule(ruleOf(sentence));
  if (rule == "required") return {.path = pointerOf(steps), .rule = rule, .message = "the key " + quoted(sentence) + " is missing"};
  if (rule == "additionalProperties") {
    const std::string key = quoted(sentence.substr(sentence.find(": '")));
    steps.push_back(key);
    return {.path = pointerOf(steps), .rule = rule, .message = "the key " + key + " is not known here"};
  }
  if (rule == "uniqueItems") return {.path = pointerOf(steps), .rule = rule, .message = "two elements are equal"};
  const std::string path = pointerOf(steps);
  if (rule == "schema") return {.path = path, .rule = rule, .message = sentence};
  const json& value = document.at(json::json_pointer(path));
  const std::string shown = value.is_structured() ? std::string(value.is_array() ? "a list" : "an object") : value.dump();
  return {.path = path, .rule = rule, .message = sentenceFor(rule, shown, childOf(schemaAt(schema, steps), rule))};
}

}  // namespace

std::vector<ProfileError> checkSchema(const json& schema, const json& document) {
  using valijson::adapters::NlohmannJsonAdapter;
  std::vector<ProfileError> errors;
  try {
    valijson::Schema compiled;
    valijson::SchemaParser parser;
    parser.populateSchema(NlohmannJsonAdapter(schema), compiled);
    valijson::Validator validator(valijson::Validator::kStrongTypes);
    valijson::ValidationResults results;
    validator.validate(compiled, NlohmannJsonAdapter(document), &results);
    for (valijson::ValidationResults::Error error; results.popError(error);) {
      if (!ruleOf(error.description).empty()) errors.push_back(errorOf(schema, document, stepsOf(error.context), error.description));
    }
  } catch (const std::exception& exception) {
    errors.push_back({.path = "", .rule = "schema", .message = std::string("the schema of profiles is wrong: ") + exception.what()});
  }
  return errors;
}

}  // namespace blupow::profile
