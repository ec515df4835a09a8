#include "support/simulator.hpp"

#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cstring>
#include <nlohmann/json.hpp>
#include <stdexcept>

#include "support/places.hpp"

namespace blupow::test {

namespace {

const std::string kProgram = (buildFolder() / "blupow-sim").string();

// A connection to the control socket for one command.
class Control {
 public:
  explicit Control(const std::string& path) : descriptor_(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_un address{.sun_family = AF_UNIX, .sun_path = {}};
    std::strncpy(address.sun_path, path.c_str(), sizeof(address.sun_path) - 1);
    if (connect(descriptor_, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) != 0) fail("the simulator has no control socket");
  }
  ~Control() { close(descriptor_); }
  Control(const Control&) = delete;
  Control& operator=(const Control&) = delete;

  std::string ask(const std::string& line) {
    if (write(descriptor_, line.data(), line.size()) != static_cast<ssize_t>(line.size())) fail("the simulator takes no command");
    std::string answer;
    while (!answer.ends_with('\n')) {
      pollfd readable{.fd = descriptor_, .events = POLLIN, .revents = 0};
      if (poll(&readable, 1, static_cast<int>(kBound.count())) <= 0) fail("the simulator gives no answer");
      std::array<char, 4096> buffer{};
      const ssize_t length = read(descriptor_, buffer.data(), buffer.size());
      if (length <= 0) fail("the simulator hung up");
      answer.append(buffer.data(), static_cast<std::size_t>(length));
    }
    return answer;
  }

 private:
  [[noreturn]] static void fail(const char* what) { throw std::runtime_error(what); }

  int descriptor_;
};

using nlohmann::json;

json about(std::string_view what, std::string_view device, std::uint8_t unit) { return {{"do", what}, {"device", device}, {"unit", unit}}; }

}  // namespace

Simulator::Simulator(PrivateBus& bus, std::string_view scene) : bus_(bus), scene_(scene) {
  if (scene.starts_with('{')) scene_ = folder_.write("scene.json", scene).string();
  start();
}

void Simulator::start() {
  process_ =
      std::make_unique<Process>(std::vector<std::string>{kProgram, "--bus", bus_.address(), "--scene", scene_, "--control", (folder_ / "control").string()});
  if (!process_->waitForOutput("blupow-sim: ready on ")) throw std::runtime_error("the simulator did not start: " + process_->all());
}

std::string Simulator::tell(std::string_view command) {
  const std::string answer = Control((folder_ / "control").string()).ask(std::string(command) + "\n");
  if (answer.find(R"("ok":true)") == std::string::npos) throw std::runtime_error("the simulator refuses " + std::string(command) + ": " + answer);
  return answer;
}

void Simulator::setWords(std::string_view device, std::uint8_t unit, std::uint16_t first, const RegisterWords& words) {
  json command = about("set", device, unit);
  command["register"] = first;
  command["words"] = words;
  tell(command.dump());
}

RegisterWords Simulator::words(std::string_view device, std::uint8_t unit, std::uint16_t first, std::uint16_t count) {
  json command = about("get", device, unit);
  command["register"] = first;
  command["count"] = count;
  return json::parse(tell(command.dump())).at("words").get<RegisterWords>();
}

void Simulator::silenceUnit(std::string_view device, std::uint8_t unit, bool silent) {
  json command = about("unit", device, unit);
  command["silent"] = silent;
  tell(command.dump());
}

void Simulator::reassign(std::string_view device, const std::map<std::uint8_t, std::uint8_t>& ids) {
  json command = {{"do", "reassign"}, {"device", device}, {"ids", json::object()}};
  for (const auto& [from, to] : ids) command["ids"][std::to_string(from)] = to;
  tell(command.dump());
}

std::vector<Written> Simulator::writes() {
  std::vector<Written> all;
  const json answer = json::parse(tell(R"({"do":"writes"})"));
  for (const auto& [device, entries] : answer.at("devices").items()) {
    for (const json& entry : entries) {
      all.push_back({.device = device,
                     .bytes = entry.at("bytes"),
                     .characteristic = entry.value("characteristic", std::string()),
                     .unit = entry.value("unit", std::uint8_t{}),
                     .function = entry.value("function", std::uint8_t{}),
                     .address = entry.value("register", std::uint16_t{}),
                     .words = entry.value("words", RegisterWords{}),
                     .dangerous = entry.at("dangerous"),
                     .answer = entry.at("answer")});
    }
  }
  return all;
}

void Simulator::forgetWrites() { tell(R"({"do":"writes","reset":true})"); }

void Simulator::kill() {
  process_->signal(SIGKILL);
  process_->wait();
}

void Simulator::terminate() {
  if (process_->terminate() != 0) throw std::runtime_error("the simulator did not end well: " + process_->all());
}

}  // namespace blupow::test
