#include "gateway/fake_transport.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "modbus/crc16.hpp"

namespace blupow::test {

namespace {

using std::chrono::milliseconds;

constexpr Duration kAdvertiseEvery = milliseconds(300);
constexpr Duration kStep = milliseconds(100);
constexpr Duration kSpeakEvery = milliseconds(5000);

std::uint16_t wordAt(const Bytes& bytes, std::size_t position) { return static_cast<std::uint16_t>((bytes[position] << 8U) | bytes[position + 1]); }

Bytes withCrc(Bytes frame) {
  const std::uint16_t crc = modbus::crc16(frame);
  frame.push_back(static_cast<std::uint8_t>(crc & 0xFFU));
  frame.push_back(static_cast<std::uint8_t>(crc >> 8U));
  return frame;
}

// Nothing when the module keeps silent.
std::optional<Bytes> answerTo(FakeModule& module, const Bytes& request) {
  if (module.silent || request.size() != 8 || (request[1] != 3 && request[1] != 6)) return std::nullopt;
  if (request[0] != module.unit && request[0] != 0xFF) return std::nullopt;
  const std::uint16_t address = wordAt(request, 2);
  const std::uint16_t count = wordAt(request, 4);
  if (request[1] == 6) {
    module.words[address] = count;  // the value; the answer is its echo
    return request;
  }
  Bytes frame{module.unit, 3, static_cast<std::uint8_t>(count * 2)};
  for (std::uint16_t offset = 0; offset < count; ++offset) {
    const auto word = module.words.find(static_cast<std::uint16_t>(address + offset));
    if (word == module.words.end()) return withCrc({module.unit, 0x83, 2});
    frame.push_back(static_cast<std::uint8_t>(word->second >> 8U));
    frame.push_back(static_cast<std::uint8_t>(word->second & 0xFFU));
  }
  return withCrc(frame);
}

std::vector<Bytes> answersTo(FakeModule& module, const Bytes& request) {
  if (module.script) return module.script(request);
  const auto answer = answerTo(module, request);
  return answer ? std::vector<Bytes>{*answer} : std::vector<Bytes>();
}

}  // namespace

void putText(FakeModule& module, std::uint16_t address, std::string_view text) {
  std::string padded(text);
  padded.resize(16, ' ');
  for (std::uint16_t word = 0; word < 8; ++word) {
    const auto high = static_cast<std::uint8_t>(padded[static_cast<std::size_t>(word) * 2]);
    const auto low = static_cast<std::uint8_t>(padded[static_cast<std::size_t>(word) * 2 + 1]);
    module.words[static_cast<std::uint16_t>(address + word)] = static_cast<std::uint16_t>((high << 8U) | low);
  }
}

class FakeTransport::FakeLink final : public ble::Link {
 public:
  FakeLink(FakeTransport& transport, const MacAddress& address, ble::LinkObserver& observer) : transport_(transport), address_(address), observer_(observer) {
    EXPECT_TRUE(transport_.links_.emplace(address, this).second) << "two links of one device";
  }
  ~FakeLink() override {
    endConnecting();
    transport_.links_.erase(address_);
  }
  FakeLink(const FakeLink&) = delete;
  FakeLink& operator=(const FakeLink&) = delete;

  void connect() override {
    ++module().connects;
    connecting_ = true;
    transport_.most_connects_ = std::max(transport_.most_connects_, ++transport_.connecting_);
    if (module().hangs) {
      step_.cancel();
      return;
    }
    after(module().connect_time, [this] { connected(); });
  }
  void resolve(std::span<const ble::GattPath> paths) override {
    const auto found = std::ranges::find(paths, module().service, module().speaks ? &ble::GattPath::notify_service : &ble::GattPath::write_service);
    const auto index = static_cast<std::size_t>(found - paths.begin());
    const bool there = found != paths.end();
    after(kStep, [this, index, there] {
      if (there) {
        observer_.linkResolved(index);
      } else {
        observer_.linkFailed({FailureKind::rejected, "no such service"});
      }
    });
  }
  void subscribe() override {
    after(kStep, [this] {
      if (module().speaks) speak();
      observer_.linkSubscribed();
    });
  }
  void write(ByteView bytes) override {
    const Bytes request(bytes.begin(), bytes.end());
    module().requests.push_back(request);
    after(Duration(), [this, request] {
      if (auto answer = answersTo(module(), request); !answer.empty()) {
        received_ = transport_.loop_.at(transport_.loop_.now() + module().answer_time, "answer", [this, answer = std::move(answer)] { receive(answer); });
      }
      observer_.linkWritten();
    });
  }
  void disconnect() override {
    ++module().disconnects;
    endConnecting();
    after(module().slow_down ? milliseconds(4500) : milliseconds(100), [this] {
      module().up = module().foreign_link = false;
      observer_.linkDown();
    });
  }
  bool up() const override {
    return transport_.modules_.contains(address_) && (transport_.modules_.at(address_).up || transport_.modules_.at(address_).foreign_link);
  }
  std::optional<int> rssi() const override { return std::nullopt; }
  std::string name() const override { return transport_.modules_.contains(address_) ? transport_.modules_.at(address_).name : std::string(); }

  void lose(const Failure& failure) {
    received_.cancel();
    if (connecting_) {
      endConnecting();
      after(Duration(), [this, failure] { observer_.linkFailed(failure); });
    } else if (module().up) {
      module().up = false;
      after(Duration(), [this, failure] { observer_.linkLost(failure); });
    }
  }

 private:
  FakeModule& module() { return transport_.modules_[address_]; }
  void after(Duration time, runtime::Task task) { step_ = transport_.loop_.at(transport_.loop_.now() + time, "step", std::move(task)); }
  void speak() {
    speaking_ = transport_.loop_.at(transport_.loop_.now() + kSpeakEvery, "unasked", [this] {
      if (!module().up) return;
      receive(module().speaks());
      speak();
    });
  }

  void receive(const std::vector<Bytes>& notifications) {
    for (const Bytes& notification : notifications) observer_.linkReceived(notification);
  }
  void endConnecting() {
    if (std::exchange(connecting_, false)) --transport_.connecting_;
  }
  void connected() {
    endConnecting();
    if (transport_.radio_.state != RadioState::ready) {
      observer_.linkFailed({FailureKind::adapter_gone, "not ready"});
    } else if (module().refuses) {
      observer_.linkFailed(*module().refuses);
    } else if (transport_.linksUp() >= transport_.slots) {
      observer_.linkFailed(transport_.full);
    } else {
      module().up = true;
      observer_.linkConnected();
    }
  }

  FakeTransport& transport_;
  MacAddress address_;
  ble::LinkObserver& observer_;
  runtime::Timer step_;
  runtime::Timer received_;
  runtime::Timer speaking_;
  bool connecting_ = false;
};

FakeTransport::FakeTransport(runtime::SimulatedLoop& loop) : loop_(loop) { advertise(); }

FakeTransport::~FakeTransport() = default;

FakeModule& FakeTransport::add(FakeModule module) { return modules_.insert_or_assign(module.address, std::move(module)).first->second; }

void FakeTransport::radio(RadioStatus status) {
  radio_ = std::move(status);
  if (radio_.state != RadioState::ready) {
    const FailureKind kind = radio_.state == RadioState::no_daemon || radio_.state == RadioState::no_bus ? FailureKind::daemon_gone : FailureKind::adapter_gone;
    for (const auto& [address, link] : links_) link->lose({kind, "the radio is gone"});
  }
  if (observer_ != nullptr) observer_->radioChanged(radio_);
}

void FakeTransport::drop(const MacAddress& address) {
  if (const auto link = links_.find(address); link != links_.end()) link->second->lose({FailureKind::retry_later, "supervision timeout"});
}

std::size_t FakeTransport::linksUp() const {
  return static_cast<std::size_t>(std::ranges::count_if(modules_, [](const auto& entry) { return entry.second.up; }));
}

void FakeTransport::scan(bool wanted) { scan_ = wanted; }

std::unique_ptr<ble::Link> FakeTransport::link(const MacAddress& address, ble::LinkObserver& observer) {
  return std::make_unique<FakeLink>(*this, address, observer);
}

void FakeTransport::advertise() {
  advertise_ = loop_.at(loop_.now() + kAdvertiseEvery, "advertise", [this] { advertise(); });
  if (!scan_ || connecting_ > 0 || observer_ == nullptr || radio_.state != RadioState::ready) return;
  for (const auto& [address, module] : modules_) {
    if (!module.advertising || module.up || module.foreign_link) continue;
    observer_->heard({.address = address, .adapter = "hci0", .name = module.name, .services = {}, .rssi = module.rssi, .heard = loop_.now()});
  }
}

}  // namespace blupow::test
