// The transport above the bus: keeps the mirror, tells what the radio's condition is, hears advertisements and passes news on to the links. Knows
// no sdbus-c++; tested with a bus made of memory. Loop thread only.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "ble/bluez/adapter_choice.hpp"
#include "ble/bluez/air.hpp"
#include "ble/transport.hpp"

namespace blupow::ble::bluez {

class Central final : public Transport, private BusListener {
 public:
  // Joins the bus at once and stays with it. adapter: "" = the first powered one, else an address or "hciN". Loop and bus outlive it, it the links.
  Central(runtime::Loop& loop, Bus& bus, std::string adapter);
  ~Central() override;
  Central(const Central&) = delete;
  Central& operator=(const Central&) = delete;

  void stop();  // leaves the bus, with which our discovery ends; links are not disconnected; nothing is told any more

  const RadioStatus& radio() const override { return air_.radio; }
  void observe(TransportObserver* observer) override { observer_ = observer; }
  void scan(bool wanted) override { air_.scanner.want(wanted); }
  std::unique_ptr<Link> link(const MacAddress& address, LinkObserver& observer) override;

 private:
  void busUp() override;
  void busDown(const BusError& error) override;
  void daemonChanged(bool present) override;
  void interfacesAdded(const std::string& path, const Interfaces& interfaces) override;
  void interfacesRemoved(const std::string& path, const std::vector<std::string>& interfaces) override;
  void propertiesChanged(const std::string& path, const std::string& interface, const Properties& changed) override;

  void fetch();
  void fetched(const Reply<Objects>& reply);
  void forget(RadioStatus status);
  void evaluate();
  void setRadio(RadioStatus status, const std::string& adapter);
  void tell(RadioStatus status);
  void heard(const std::string& path, const Properties& properties);
  BluezLink* linkOf(std::string_view path);

  Air air_;
  AdapterChoice choice_;
  std::string wanted_;  // as given, for what is said
  TransportObserver* observer_ = nullptr;
  bool filled_ = false;  // the mirror is whole: signals that come earlier are in the answer that is awaited
  std::uint64_t round_ = 0;
  Duration retryIn_;
  runtime::Timer retry_;
  std::optional<BusError> scanDenied_;
};

}  // namespace blupow::ble::bluez
