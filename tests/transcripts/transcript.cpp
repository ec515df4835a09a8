#include "transcripts/transcript.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "core/bytes.hpp"
#include "core/text.hpp"

namespace blupow::test {

namespace {

using nlohmann::json;

constexpr Duration kCommandBound = std::chrono::seconds(30);
constexpr Duration kStart = std::chrono::seconds(1);  // for the gateway's own messages
constexpr std::string_view kResponse = "blupow/gateway/response/transcript";

std::string written(const profile::Value& value) {
  if (const auto* text = std::get_if<std::string>(&value)) return '"' + *text + '"';
  if (const auto* whole = std::get_if<std::int64_t>(&value)) return std::to_string(*whole);
  std::array<char, 32> digits{};
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), std::get<double>(value)).ptr;
  return {digits.data(), end};
}

std::vector<std::string> readLines(const std::filesystem::path& file) {
  std::ifstream stream(file);
  std::vector<std::string> lines;
  for (std::string line; std::getline(stream, line);) {
    if (!trimmed(line).empty() && !line.starts_with('#')) lines.push_back(line);
  }
  return lines;
}

std::string joined(const std::vector<std::string>& lines) {
  std::string text;
  for (const std::string& line : lines) text += line + '\n';
  return text;
}

std::string shown(const homeassistant::Published& message) {
  std::string text = (message.retained ? "mqtt " : "mqtt, not retained, ") + message.topic;
  if (!message.topic.ends_with("/config")) return text + ' ' + message.payload;
  text += " components";
  const json document = json::parse(message.payload);
  for (const auto& [key, component] : document.at("components").items()) text += ' ' + key;
  return text;
}

}  // namespace

Transcript::Transcript(const std::filesystem::path& file, const profile::Catalogue& catalogue)
    : lines_(readLines(file)),
      catalogue_(catalogue),
      gateway_(loop_, transport_, catalogue_, store_, {}),
      home_assistant_(loop_, client_, gateway_, {.version = "2.0.0"}, [] {}, {}) {
  subscriptions_.push_back(gateway_.subscribe(*this));
  subscriptions_.push_back(gateway_.subscribe(home_assistant_));
}

Transcript::~Transcript() = default;

void Transcript::run() {
  gateway_.start({});
  home_assistant_.start();
  client_.connect();
  loop_.advance(kStart);
  client_.onPublished = [this](const homeassistant::Published& message) { record(shown(message)); };
  for (const std::string& line : lines_) obey(line);
}

std::string Transcript::expected() const { return joined(lines_); }

std::string Transcript::recorded() const { return joined(recorded_); }

void Transcript::obey(const std::string& line) {
  std::istringstream words(line);
  std::string verb;
  std::string first;
  std::string second;
  std::string third;
  words >> verb >> first >> second >> third;
  if (verb == "device") {
    record(line);
    FakeModule module{.address = MacAddress::parse(first).value(), .name = second, .service = "0000ffd0-0000-1000-8000-00805f9b34fb"};
    module.script = [this](const Bytes& request) { return answer(request); };
    transport_.add(std::move(module));
  } else if (verb == "speaker") {
    record(line);
    FakeModule module{.address = MacAddress::parse(first).value(), .name = second, .service = "0000" + third + "-0000-1000-8000-00805f9b34fb"};
    module.speaks = [this] { return unasked(); };
    module.script = [this](const Bytes& request) { return answer(request); };  // none is to come
    transport_.add(std::move(module));
  } else if (verb == "add") {
    record(line);
    add(first, second);
  } else if (verb == "wait") {
    record(line);
    int seconds = 0;
    std::from_chars(first.data(), first.data() + first.size(), seconds);
    loop_.advance(std::chrono::seconds(seconds));
  }
}

void Transcript::add(const std::string& address, const std::string& type) {
  json command = {{"command", "add_device"}, {"request_id", "transcript"}, {"address", address}};
  if (!type.empty()) command["type"] = type;
  client_.receive("blupow/gateway/command", command.dump());
  const TimePoint end = loop_.now() + kCommandBound;
  while (client_.on(kResponse).empty() && loop_.now() < end) loop_.advance(std::chrono::milliseconds(10));
}

// What the file says follows this request, from where the last one was found.
std::vector<Bytes> Transcript::answer(const Bytes& request) {
  const std::string asked = "> " + toHex(request);
  record(asked);
  const auto found = std::find(lines_.begin() + static_cast<std::ptrdiff_t>(cursor_), lines_.end(), asked);
  if (found == lines_.end() || found + 1 == lines_.end() || !(found + 1)->starts_with("< ")) return {};
  return playLine(static_cast<std::size_t>(found - lines_.begin()) + 1);
}

std::vector<Bytes> Transcript::unasked() {
  const auto next =
      std::find_if(lines_.begin() + static_cast<std::ptrdiff_t>(cursor_), lines_.end(), [](const std::string& line) { return line.starts_with("~ "); });
  return next == lines_.end() ? std::vector<Bytes>() : playLine(static_cast<std::size_t>(next - lines_.begin()));
}

// The bytes of a line that the device says; the next is behind it.
std::vector<Bytes> Transcript::playLine(std::size_t line) {
  record(lines_[line]);
  cursor_ = line + 1;
  std::vector<Bytes> notifications;
  std::istringstream pieces(lines_[line].substr(2));
  for (std::string piece; pieces >> piece;) {
    if (auto bytes = fromHex(piece)) notifications.push_back(std::move(*bytes));
  }
  return notifications;
}

void Transcript::deviceAdded(const gateway::Device& device) { record("added " + device.type); }

void Transcript::deviceRemoved(const gateway::Device& device) { record("removed " + device.type); }

void Transcript::unitPolled(const gateway::Device& /*device*/, const gateway::Unit& unit) {
  record("polled unit " + std::to_string(unit.identity->id) + (unit.settled ? "" : ", not settled"));
  for (const auto& [key, value] : *unit.readings) {
    const auto former = told_.find(key);
    if (former == told_.end() || former->second != value) record("  " + key + " = " + written(value));
  }
  for (const auto& [key, value] : told_) {
    if (!unit.readings->contains(key)) record("  " + key + " is gone");
  }
  told_ = *unit.readings;
}

void Transcript::unitAvailability(const gateway::Device& /*device*/, const gateway::Unit& unit) { record(unit.online ? "online" : "offline"); }

void Transcript::reasonChanged(const gateway::Device& device) { record("reason " + std::string(device::words(device.reason))); }

}  // namespace blupow::test
