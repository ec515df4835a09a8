#include "support/supervisor.hpp"

#include <algorithm>
#include <sstream>
#include <stdexcept>

#include "support/places.hpp"

namespace blupow::test {

Supervisor::Supervisor() : process_({"python3", (sourceFolder() / "tests/support/supervisor_look_alike.py").string(), std::string(kToken)}) {
  if (!process_.waitForOutput("port ") || !process_.waitForOutput("\n")) throw std::runtime_error("the Supervisor did not start: " + process_.all());
  port_ = static_cast<std::uint16_t>(std::stoi(process_.output().substr(5)));
}

std::map<std::string, std::string> Supervisor::environment(std::string_view token) const {
  return {{"SUPERVISOR_TOKEN", std::string(token)}, {"SUPERVISOR_URL", url()}};
}

void Supervisor::change(std::string_view json) {
  const std::size_t position = process_.all().size();
  process_.type(std::string(json) + "\n");
  if (!process_.waitForOutput("changed", kBound, position)) throw std::runtime_error("the Supervisor does not take " + std::string(json));
}

void Supervisor::nameBroker(std::uint16_t port, std::string_view password) {
  change(R"({"mqtt": {"host": "127.0.0.1", "port": )" + std::to_string(port) + R"(, "username": "addons", "password": ")" + std::string(password) +
         R"(", "ssl": false, "protocol": "3.1.1", "addon": "core_mosquitto"}})");
}

std::vector<std::string> Supervisor::asked() const {
  std::vector<std::string> questions;
  std::istringstream lines(process_.output());
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("asked ")) questions.push_back(line.substr(6));
  }
  return questions;
}

std::size_t Supervisor::countOf(const std::string& question, std::size_t from) const {
  const auto questions = asked();
  return static_cast<std::size_t>(std::count(questions.begin() + static_cast<std::ptrdiff_t>(std::min(from, questions.size())), questions.end(), question));
}

// The look-alike's output is waited on line by line: each further one may be the question.
bool Supervisor::waitFor(const std::string& question, std::size_t count, std::size_t from, std::chrono::milliseconds bound) {
  const auto end = std::chrono::steady_clock::now() + bound;
  while (true) {
    const std::size_t position = process_.all().size();
    if (countOf(question, from) >= count) return true;
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(end - std::chrono::steady_clock::now());
    if (left.count() <= 0 || !process_.waitForOutput("\n", left, position)) return countOf(question, from) >= count;
  }
}

}  // namespace blupow::test
