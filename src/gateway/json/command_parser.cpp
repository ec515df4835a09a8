#include "gateway/json/command_parser.hpp"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <optional>

#include "core/text.hpp"
#include "profile/json/generic.hpp"

namespace blupow::gateway {

namespace {

using nlohmann::json;

constexpr std::size_t kLargestPayload = 64UL * 1024;
constexpr std::size_t kLargestSearched = 1024UL * 1024;  // for the request_id of a payload that is too large; 10 ms
constexpr int kDeepest = 16;                             // levels; the deepest command (add_device with sensors) has 3
constexpr std::size_t kLongestText = 128;                // characters of a request_id and of a name
constexpr std::int64_t kLongestDiscovery = 20;           // s
constexpr std::int64_t kLongestRelease = 1440;           // min

using Parsed = std::expected<Command, CommandFailure>;

std::unexpected<CommandFailure> refuse(Refusal reason, std::string message) {
  return std::unexpected<CommandFailure>(CommandFailure{.reason = reason, .message = std::move(message)});
}

std::unexpected<CommandFailure> badArgument(std::string message) { return refuse(Refusal::bad_argument, std::move(message)); }

std::size_t characters(std::string_view text) {
  return static_cast<std::size_t>(std::ranges::count_if(text, [](char byte) { return (static_cast<unsigned char>(byte) & 0xC0U) != 0x80U; }));
}

// It becomes a level of a topic.
bool isRequestId(const std::string& text) {
  return !text.empty() && characters(text) <= kLongestText && text.find_first_of("/+#") == std::string::npos && printable(text) == text;
}

std::string requestIdOf(const json& message) {
  const auto id = message.find("request_id");
  if (id == message.end() || !id->is_string()) return {};
  const auto& text = id->get_ref<const std::string&>();
  return isRequestId(text) ? text : std::string();
}

// Finds request_id at the top level of a text that is no whole JSON, or too large to be kept as one: who asked is to hear why nothing happens.
class RequestIdSearch final : public nlohmann::json_sax<json> {
 public:
  std::string found;

  bool null() override { return other(); }
  bool boolean(bool /*value*/) override { return other(); }
  bool number_integer(number_integer_t /*value*/) override { return other(); }
  bool number_unsigned(number_unsigned_t /*value*/) override { return other(); }
  bool number_float(number_float_t /*value*/, const string_t& /*text*/) override { return other(); }
  bool binary(binary_t& /*value*/) override { return other(); }
  bool string(string_t& value) override {
    if (wanted_) found = isRequestId(value) ? value : std::string();
    wanted_ = false;
    return true;
  }
  bool key(string_t& value) override {
    wanted_ = depth_ == 1 && value == "request_id";
    return true;
  }
  bool start_object(std::size_t /*count*/) override { return enter(); }
  bool start_array(std::size_t /*count*/) override { return depth_ > 0 && enter(); }  // a list at the top holds no command
  bool end_object() override { return leave(); }
  bool end_array() override { return leave(); }
  bool parse_error(std::size_t /*position*/, const std::string& /*token*/, const json::exception& /*error*/) override { return false; }

 private:
  bool other() {
    wanted_ = false;
    return true;
  }
  bool enter() {
    wanted_ = false;
    ++depth_;
    return true;
  }
  bool leave() {
    --depth_;
    return true;
  }

  std::size_t depth_ = 0;
  bool wanted_ = false;
};

std::string searchRequestId(std::string_view payload) {
  RequestIdSearch search;
  json::sax_parse(payload.substr(0, kLargestSearched), &search);
  return search.found;
}

// Nesting costs stack where JSON is copied or written: what is too deep is not even kept.
class Depth {
 public:
  json parse(std::string_view payload) {
    return json::parse(
        payload,
        [this](int depth, json::parse_event_t /*event*/, const json& /*value*/) {
          too_deep = too_deep || depth > kDeepest;
          return !too_deep;
        },
        false);
  }

  bool too_deep = false;
};

// An argument that is a text; nothing when it is not there or null.
std::expected<std::optional<std::string>, CommandFailure> textArgument(const json& message, const char* key) {
  const auto argument = message.find(key);
  if (argument == message.end() || argument->is_null()) return std::nullopt;
  if (!argument->is_string()) return badArgument(std::string(key) + " must be a text");
  return std::string(trimmed(argument->get_ref<const std::string&>()));
}

std::expected<MacAddress, CommandFailure> addressOf(const json& message) {
  const auto text = textArgument(message, "address");
  if (!text) return std::unexpected(text.error());
  if (!*text) return badArgument("address is missing");
  const auto address = MacAddress::parse(**text);
  if (!address) return badArgument("address must be a Bluetooth address such as AA:BB:CC:DD:EE:FF");
  return *address;
}

template <typename Kind>
Parsed withAddress(const json& message) {
  const auto address = addressOf(message);
  if (!address) return std::unexpected(address.error());
  return Kind{*address};
}

template <typename Kind>
Parsed withoutArguments(const json& /*message*/) {
  return Kind{};
}

// A whole number from 1 on, if it is there.
std::expected<std::optional<std::int64_t>, CommandFailure> countArgument(const json& message, const char* key, std::int64_t highest) {
  const auto argument = message.find(key);
  if (argument == message.end() || argument->is_null()) return std::nullopt;
  const bool whole = argument->is_number_integer();
  if (!whole || *argument < 1 || *argument > highest) return badArgument(std::string(key) + " must be a whole number from 1 to " + std::to_string(highest));
  return argument->get<std::int64_t>();
}

Parsed parseDiscover(const json& message) {
  const auto seconds = countArgument(message, "seconds", kLongestDiscovery);
  if (!seconds) return std::unexpected(seconds.error());
  command::Discover discover;
  if (*seconds) discover.time = std::chrono::seconds(**seconds);
  return discover;
}

Parsed parseRelease(const json& message) {
  const auto address = addressOf(message);
  if (!address) return std::unexpected(address.error());
  const auto minutes = countArgument(message, "minutes", kLongestRelease);
  if (!minutes) return std::unexpected(minutes.error());
  command::Release release{.address = *address};
  if (*minutes) release.time = std::chrono::minutes(**minutes);
  return release;
}

// The caller's own description, kept as it was given: only what belongs to it.
std::expected<void, CommandFailure> describe(const json& message, AddRequest& request) {
  json description = json::object();
  for (const char* const key : {"notify_uuid", "write_uuid", "device_id", "sensors"}) {
    if (const auto argument = message.find(key); argument != message.end()) description[key] = *argument;
  }
  request.description_text = description.dump();
  const profile::LoadedProfile loaded = profile::describeGeneric(request.description_text, request.type);
  std::string wrong;
  for (const profile::ProfileError& error : loaded.errors) {
    wrong += (wrong.empty() ? "" : "; ") + (error.path.empty() ? "the description" : error.path) + " (" + error.rule + "): " + error.message;
  }
  if (!wrong.empty()) return badArgument(std::move(wrong));
  request.description = loaded.profile;
  return {};
}

Parsed parseAdd(const json& message) {
  const auto address = addressOf(message);
  if (!address) return std::unexpected(address.error());
  const auto type = textArgument(message, "type");
  if (!type) return std::unexpected(type.error());
  const auto name = textArgument(message, "name");
  if (!name) return std::unexpected(name.error());
  const std::string given = name->value_or("");
  if (characters(given) > kLongestText || printable(given) != given) return badArgument("name must have at most 128 characters and no control characters");
  AddRequest request{.address = *address, .type = type->value_or(""), .name = given};
  if (request.type == profile::kGenericType) {
    if (auto described = describe(message, request); !described) return std::unexpected(described.error());
  }
  return command::Add{.request = std::move(request)};
}

struct Known {
  std::string_view name;
  Parsed (*parse)(const json&);
};
constexpr std::array kKnown = {
    Known{"get_devices", withoutArguments<command::GetDevices>},
    Known{"discover_devices", parseDiscover},
    Known{"add_device", parseAdd},
    Known{"remove_device", withAddress<command::Remove>},
    Known{"refresh_device", withAddress<command::Refresh>},
    Known{"identify_device", withAddress<command::Identify>},
    Known{"release_device", parseRelease},
    Known{"resume_device", withAddress<command::Resume>},
    Known{"restart_gateway", withoutArguments<command::RestartGateway>},
};

Parsed parseMessage(const json& message) {
  const auto name = message.find("command");
  if (name == message.end()) return badArgument("command is missing");
  if (!name->is_string()) return badArgument("command must be a text");
  const auto& text = name->get_ref<const std::string&>();
  const auto* const known = std::ranges::find(kKnown, text, &Known::name);
  if (known == kKnown.end()) return refuse(Refusal::unknown_command, "there is no command " + printable(text.substr(0, kLongestText)));
  return known->parse(message);
}

}  // namespace

ParsedCommand parseCommand(std::string_view payload) {
  if (payload.size() > kLargestPayload) {
    return {.request_id = searchRequestId(payload), .command = refuse(Refusal::bad_json, "the command has more than 64 KiB")};
  }
  Depth depth;
  const json message = depth.parse(payload);
  if (depth.too_deep) return {.request_id = searchRequestId(payload), .command = refuse(Refusal::bad_json, "the command is nested too deeply")};
  if (message.is_discarded()) return {.request_id = searchRequestId(payload), .command = refuse(Refusal::bad_json, "the command is no valid JSON")};
  if (!message.is_object()) return {.request_id = "", .command = refuse(Refusal::bad_json, "the command is no JSON object")};
  return {.request_id = requestIdOf(message), .command = parseMessage(message)};
}

}  // namespace blupow::gateway
