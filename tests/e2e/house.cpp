#include "e2e/house.hpp"
#include "support/places.hpp"

namespace blupow::test {

using Json = nlohmann::json;

std::vector<std::string> House::command(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), (test::buildFolder() / "blupow").string());
  return arguments;
}

Outcome House::run(const std::vector<std::string>& arguments, std::chrono::milliseconds bound) const {
  return runToEnd(command(arguments), bus.environment(), bound);
}

House::Answer House::ask(std::vector<std::string> arguments, std::chrono::milliseconds bound) const {
  arguments.emplace_back("--json");
  const Outcome outcome = run(arguments, bound);
  Answer answer{.status = outcome.status.value_or(-1), .document = Json::parse(outcome.output, nullptr, false), .errors = outcome.errors};
  EXPECT_FALSE(answer.document.is_discarded()) << outcome.output << outcome.errors;
  return answer;
}

std::filesystem::path House::writeOptions(Json options) const {
  if (!options.contains("poll_interval")) options["poll_interval"] = 5;
  if (!options.contains("mqtt")) options["mqtt"] = {{"host", broker.socket().string()}};
  return data.write("options.json", options.dump());
}

void House::startService(Json options) {
  service.emplace(command({"run", "--options", writeOptions(std::move(options)).string(), "--data", data.path().string(), "--http", "off"}), bus.environment());
}

Json House::tell(MqttEar& ear, const std::string& name, Json arguments) {
  const std::string id = "request" + std::to_string(++requests_);
  arguments["command"] = name;
  arguments["request_id"] = id;
  const std::string topic = "blupow/gateway/response/" + id;
  ear.say("blupow/gateway/command", arguments.dump());
  if (!ear.waitFor(topic, [](const std::string&) { return true; }, 0, std::chrono::seconds(30))) return {};
  return Json::parse(ear.last(topic), nullptr, false);
}

}  // namespace blupow::test
