#include "app/doctor.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <map>
#include <sstream>

#include "app/broker_probe.hpp"
#include "app/gateway_settings.hpp"
#include "app/one_shot.hpp"
#include "app/radio_trouble.hpp"
#include "app/read_device.hpp"
#include "gateway/registry.hpp"
#include "storage/device_file.hpp"

namespace blupow::app {

namespace {

struct KnownToDoctor {
  MacAddress address;
  profile::ProfilePtr type;  // null = recognise it
};

constexpr std::string_view kNotTried = "not tried";

Check passed(std::string name, std::string detail) { return {.name = std::move(name), .ok = true, .detail = std::move(detail), .cure = {}}; }
Check failed(std::string name, std::string detail, std::string cure) {
  return {.name = std::move(name), .ok = false, .detail = std::move(detail), .cure = std::move(cure)};
}
Check notTried(std::string name, std::string detail = std::string(kNotTried)) {
  return {.name = std::move(name), .ok = {}, .detail = std::move(detail), .cure = {}};
}

RadioStatus lookAtRadio(const std::string& adapter) {
  OneShot shot(adapter);
  [[maybe_unused]] const Result<> ready = shot.run([&] { shot.finish(); });  // the radio's condition says more
  return shot.air().radio();
}

// As the service finds it: the options' broker, else the Supervisor's, else the one on this machine.
Check brokerCheck(const Options& options, const std::optional<SupervisorAccess>& supervisor) {
  mqtt::BrokerSettings settings = options.broker;
  const bool asked = supervisor && !options.broker_named;
  if (asked) {
    auto named = askForBroker(*supervisor, options);
    if (!named) return failed("broker", named.error().what, homeassistant::supervisor::cureOf(named.error().kind, true));
    settings = std::move(*named);
  }
  const BrokerOrigin origin = {.host_by_supervisor = asked, .login_by_supervisor = asked && options.broker.username.empty()};
  const BrokerFinding finding = probeBroker(settings, options.base_topic);
  return finding.trouble ? failed("broker", finding.detail, cureOf(*finding.trouble, origin)) : passed("broker", finding.detail);
}

// What devices.json names is looked at only: a wrong file is left for the service to set aside.
std::vector<KnownToDoctor> devicesOf(const Options& options, const std::filesystem::path& data, const profile::Catalogue& catalogue) {
  std::ifstream stream(data / "devices.json", std::ios::binary);
  std::ostringstream text;
  text << stream.rdbuf();
  std::vector<gateway::StoredDevice> stored;
  if (const auto file = storage::DeviceFile::parse(text.str(), catalogue)) stored = file->devices();
  std::vector<KnownToDoctor> devices;
  for (const gateway::KnownDevice& device : gateway::mergeDevices(stored, gatewaySettings(options).devices).devices) {
    devices.push_back({.address = device.stored.address, .type = device.stored.described ? device.stored.described : catalogue.find(device.stored.type)});
  }
  return devices;
}

std::vector<Check> deviceChecks(const KnownToDoctor& device, const std::string& adapter, std::chrono::seconds time, const profile::Catalogue& catalogue) {
  const std::string heardName = "heard " + device.address.text();
  const std::string answersName = "answers " + device.address.text();
  const ReadOutcome outcome =
      readDevice({.address = device.address, .type = device.type, .unit = {}, .time = time, .adapter = adapter, .time_from_heard = true}, catalogue);
  if (outcome.was_connected) {
    return {passed(heardName, "is connected on this host already"), notTried(answersName, "not asked: another program holds the link (the BluPow service?)")};
  }
  if (!outcome.heard) {
    return {failed(heardName, fmt::format("nothing heard in {} s", time.count()),
                   "Bring it into range and give it power; end the connection of the phone app or of another host, which keeps it silent."),
            notTried(answersName)};
  }
  std::vector<Check> checks{passed(heardName, "is in the air")};
  if (outcome.units) {
    checks.push_back(passed(answersName, fmt::format("{} with {} values", outcome.units->front().type, outcome.units->front().state.size())));
  } else {
    checks.push_back(
        failed(answersName, outcome.units.error().text,
               "Bring the adapter nearer, end the phone app's connection, take the device's Bluetooth module off its power for a moment; check the type."));
  }
  return checks;
}

}  // namespace

bool Examination::ok() const {
  return began && std::ranges::none_of(checks, [](const Check& check) { return check.ok == false; });
}

bool Examination::accessDenied() const {
  return std::ranges::any_of(checks, [](const Check& check) { return check.name == "access" && check.ok == false; });
}

std::string Examination::complaint() const {
  std::string names;
  for (const Check& check : checks) {
    if (check.ok == false) names += (names.empty() ? "" : ", ") + check.name;
  }
  return "not well: " + names;
}

std::vector<Check> radioChecks(const RadioStatus& status, const std::string& wantedAdapter) {
  const RadioTrouble trouble = radioTrouble(status, wantedAdapter);
  const Check bus = passed("bus", "is reached");
  const Check daemon = passed("bluetoothd", "runs");
  const Check access = passed("access", "is allowed");
  switch (status.state) {
    case RadioState::no_bus:
      return {failed("bus", trouble.what, trouble.cure), notTried("bluetoothd"), notTried("adapter"), notTried("access")};
    case RadioState::access_denied:
      return {bus, daemon, notTried("adapter"), failed("access", trouble.what, trouble.cure)};
    case RadioState::no_daemon:
    case RadioState::unknown:
      return {bus, failed("bluetoothd", trouble.what, trouble.cure), notTried("adapter"), notTried("access")};
    case RadioState::no_adapter:
    case RadioState::adapter_off:
      return {bus, daemon, failed("adapter", trouble.what, trouble.cure), access};
    case RadioState::ready:
      break;
  }
  return {bus, daemon, passed("adapter", status.adapter + " is on"), access};
}

Examination examine(const Options& options, const DoctorRequest& request, const profile::Catalogue& catalogue) {
  const RadioStatus radio = lookAtRadio(options.adapter);
  Examination examination{.began = true, .checks = radioChecks(radio, options.adapter)};
  examination.checks.push_back(brokerCheck(options, request.supervisor));
  for (const KnownToDoctor& device : devicesOf(options, request.data, catalogue)) {
    std::vector<Check> checks{notTried("heard " + device.address.text()), notTried("answers " + device.address.text())};
    if (radio.state == RadioState::ready) checks = deviceChecks(device, options.adapter, request.time, catalogue);
    std::ranges::move(checks, std::back_inserter(examination.checks));
  }
  return examination;
}

}  // namespace blupow::app
