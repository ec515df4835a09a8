#include "support/broker.hpp"

#include <stdexcept>

namespace blupow::test {

Broker::Broker(std::string settings, bool start) : settings_(std::move(settings)) {
  if (start) this->start();
}

void Broker::start() {
  std::error_code ignored;
  std::filesystem::remove(socket(), ignored);
  // As root the broker would drop to user mosquitto, who may not write into our folder.
  const auto file = folder_.write("mosquitto.conf", "user root\nlog_dest stderr\nlistener 0 " + socket().string() + "\n" + settings_);
  process_ = std::make_unique<Process>(std::vector<std::string>{"/usr/sbin/mosquitto", "-c", file.string()});
  if (!process_->waitForOutput("running")) throw std::runtime_error("mosquitto did not start: " + process_->all());
}

void Broker::stop(int signal) {
  process_->signal(signal);
  if (!process_->wait()) throw std::runtime_error("mosquitto did not stop");
}

}  // namespace blupow::test
