#include "homeassistant/supervisor/answers.hpp"

#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>
#include <optional>
#include <string_view>
#include <utility>

#include "core/text.hpp"

namespace blupow::homeassistant::supervisor {

namespace {

using nlohmann::json;

constexpr unsigned kOk = 200;
constexpr unsigned kBadRequest = 400;
constexpr unsigned kUnauthorized = 401;
constexpr unsigned kForbidden = 403;
constexpr std::size_t kLongestHost = 255;
constexpr std::size_t kLongestSlug = 128;
constexpr std::size_t kLongestCredential = 1024;

std::unexpected<Trouble> trouble(TroubleKind kind, std::string what) { return std::unexpected(Trouble{.kind = kind, .what = std::move(what)}); }

std::unexpected<Trouble> unusable(const std::string& why) { return trouble(TroubleKind::unusable, "the Supervisor's answer cannot be used: " + why); }

// Only what we ask for lies two levels deep ({"data": {"host": ...}}): what is nested deeper is not kept, however much of it there is.
json parsed(const std::string& body) {
  constexpr int kDeepest = 2;
  const auto keep = [](int depth, json::parse_event_t, const json&) { return depth <= kDeepest; };
  return json::parse(body, keep, false);
}

// What a refusal says: JSON's message, or the bare text of one that aiohttp made. For comparing only, never for the log.
std::string messageOf(const std::string& body) {
  const json root = parsed(body);
  if (!root.is_object()) return body;
  const auto message = root.find("message");
  return message != root.end() && message->is_string() ? message->get<std::string>() : std::string();
}

std::unexpected<Trouble> refusal(const Answer& answer) {
  const std::string message = messageOf(answer.body);
  if (answer.status == kBadRequest && message.contains("not ready")) return trouble(TroubleKind::not_ready, "the Supervisor is not ready yet");
  if (answer.status == kBadRequest && message.contains("not enabled")) return trouble(TroubleKind::no_broker, "the Supervisor knows of no MQTT broker");
  if (answer.status == kForbidden && message.starts_with("No access to")) {
    return trouble(TroubleKind::not_declared, "the Supervisor does not tell this add-on of its MQTT broker");
  }
  if (answer.status == kUnauthorized || answer.status == kForbidden) {
    return trouble(TroubleKind::token_refused, "the Supervisor refuses this add-on's token");
  }
  return unusable("HTTP status " + std::to_string(answer.status));
}

// The object under "data" of a good answer.
std::expected<json, Trouble> dataOf(const Outcome& outcome) {
  if (!outcome) return std::unexpected(outcome.error());
  if (outcome->status != kOk) return refusal(*outcome);
  json root = parsed(outcome->body);
  if (!root.is_object()) return unusable("it is no JSON object");
  const auto result = root.find("result");
  const auto data = root.find("data");
  if (result == root.end() || *result != "ok") return unusable("its result is not ok");
  if (data == root.end() || !data->is_object()) return unusable("data is no object");
  return std::move(*data);
}

const json* present(const json& data, const char* key) {
  const auto found = data.find(key);
  return found == data.end() || found->is_null() ? nullptr : &*found;
}

bool isHostCharacter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || std::string_view(".-_:").contains(c); }

bool isHost(const std::string& text) { return !text.empty() && text.size() <= kLongestHost && std::ranges::all_of(text, isHostCharacter); }

// A number, as it is, or its digits, as the documentation says.
std::optional<std::uint16_t> portIn(const json& value) {
  std::uint16_t port = 0;
  if (value.is_number_unsigned()) {
    const auto number = value.get<std::uint64_t>();
    if (number <= UINT16_MAX) port = static_cast<std::uint16_t>(number);
  } else if (value.is_string()) {
    const auto& text = value.get_ref<const std::string&>();
    const auto [rest, error] = std::from_chars(text.data(), text.data() + text.size(), port);
    if (error != std::errc() || rest != text.data() + text.size()) return std::nullopt;
  }
  return port == 0 ? std::nullopt : std::optional(port);
}

// User name or password; empty where it is not there, nothing for what MQTT could not carry.
std::optional<std::string> credentialIn(const json& data, const char* key) {
  const json* const value = present(data, key);
  if (value == nullptr) return std::string();
  if (!value->is_string()) return std::nullopt;
  const auto& text = value->get_ref<const std::string&>();
  if (text.size() > kLongestCredential || printable(text) != text) return std::nullopt;
  return text;
}

bool isSlugCharacter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || std::string_view("-_.").contains(c); }

}  // namespace

std::expected<BrokerEntry, Trouble> brokerOf(const Outcome& outcome) {
  const auto data = dataOf(outcome);
  if (!data) return std::unexpected(data.error());
  BrokerEntry entry;
  const json* const host = present(*data, "host");
  if (host == nullptr || !host->is_string() || !isHost(host->get_ref<const std::string&>())) return unusable("the broker's host is no name or address");
  entry.host = host->get<std::string>();
  const json* const port = present(*data, "port");
  const auto number = port == nullptr ? std::nullopt : portIn(*port);
  if (!number) return unusable("the broker's port is no number from 1 to 65535");
  entry.port = *number;
  auto username = credentialIn(*data, "username");
  auto password = credentialIn(*data, "password");
  if (!username || !password) return unusable("the broker's user name or password is no text of at most 1024 bytes without control characters");
  entry.username = std::move(*username);
  entry.password = std::move(*password);
  const json* const ssl = present(*data, "ssl");
  if (ssl != nullptr && !ssl->is_boolean()) return unusable("the broker's ssl is neither true nor false");
  entry.ssl = ssl != nullptr && ssl->get<bool>();
  return entry;
}

std::expected<std::string, Trouble> slugOf(const Outcome& outcome) {
  const auto data = dataOf(outcome);
  if (!data) return std::unexpected(data.error());
  const json* const value = present(*data, "slug");
  if (value == nullptr || !value->is_string()) return unusable("the add-on's slug is no text");
  auto slug = value->get<std::string>();
  if (slug.empty() || slug.size() > kLongestSlug || !std::ranges::all_of(slug, isSlugCharacter)) return unusable("the add-on's slug cannot be one");
  return slug;
}

std::string pageOf(const std::string& slug) { return "homeassistant://hassio/ingress/" + slug; }

std::string cureOf(TroubleKind kind, bool waits_for_broker) {
  const std::string otherwise = waits_for_broker ? ", or name the broker in the options (mqtt.host)" : "";
  switch (kind) {
    case TroubleKind::no_broker:
      return "Install and start the Mosquitto broker add-on" + otherwise + ".";
    case TroubleKind::not_ready:
      return "It is asked again until it is; nothing needs to be done.";
    case TroubleKind::token_refused:
      return "Restart this add-on, which brings it a new one" + otherwise + ".";
    case TroubleKind::not_declared:
      return "Install this add-on anew: its config.yaml has lost the line services: mqtt:want" + (otherwise + ".");
    case TroubleKind::unreachable:
    case TroubleKind::silent:
    case TroubleKind::no_http:
    case TroubleKind::too_large:
    case TroubleKind::unusable:
      return "Restart the Supervisor (ha supervisor restart) and bring it up to date" + otherwise + ".";
  }
  std::unreachable();
}

}  // namespace blupow::homeassistant::supervisor
