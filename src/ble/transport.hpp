// The seam to the air: what the gateway asks of any way to Bluetooth Low Energy, be it BlueZ (ble/bluez) or, later, a proxy. No word of D-Bus here.
// One Transport is one radio (adapter). Everything is called and answered on the loop's thread; an answer never comes inside the call that asked.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/bytes.hpp"
#include "core/failure.hpp"
#include "core/mac_address.hpp"
#include "core/radio.hpp"
#include "core/time.hpp"

namespace blupow::ble {

struct Advertisement {
  MacAddress address;
  std::string adapter;                // the one that heard it: "hci0"
  std::string name;                   // blanks at the ends cut; empty when none is sent
  std::vector<std::string> services;  // full UUIDs in lower case
  std::optional<int> rssi;            // dBm
  TimePoint heard;
};

class TransportObserver {
 public:
  virtual ~TransportObserver() = default;
  virtual void radioChanged(const RadioStatus& status) = 0;
  virtual void heard(const Advertisement& advertisement) = 0;  // one call an advertisement while scanning
};

// Where to write and listen. A characteristic is looked up inside its service only (packs show one UUID twice). Full UUIDs in lower case; an empty
// service matches any, an empty write characteristic is not looked up.
struct GattPath {
  std::string write_service;
  std::string write;
  std::string notify_service;
  std::string notify;

  bool operator==(const GattPath&) const = default;
};

// What happens on one link. Exactly one of the answers comes for each step asked; linkLost may come at any time while connected.
class LinkObserver {
 public:
  virtual ~LinkObserver() = default;
  virtual void linkConnected() = 0;
  virtual void linkResolved(std::size_t path) = 0;  // index into the paths asked for
  virtual void linkSubscribed() = 0;
  virtual void linkWritten() = 0;
  virtual void linkReceived(ByteView notification) = 0;
  virtual void linkFailed(const Failure& failure) = 0;  // the step under way
  virtual void linkLost(const Failure& failure) = 0;    // was connected, is not any more, not by our disconnect()
  virtual void linkDown() = 0;                          // answer to disconnect(): no link of this device is up through this adapter
};

// One device's link. Destroying it forgets it without a word to the device; disconnect first.
class Link {
 public:
  virtual ~Link() = default;

  // Each asks for one step; asking again cancels the step under way, whose answer then never comes.
  virtual void connect() = 0;                                 // our own discovery is stopped before and resumed after
  virtual void resolve(std::span<const GattPath> paths) = 0;  // the first path that the device has
  virtual void subscribe() = 0;                               // to the notify characteristic of the resolved path
  virtual void write(ByteView bytes) = 0;                     // without response
  virtual void disconnect() = 0;                              // also cancels a pending connect; always answered, within 5 s, by linkDown

  virtual bool up() const = 0;                  // connected on this host, by whomever; not while a disconnect() of ours may still end it
  virtual std::optional<int> rssi() const = 0;  // last heard, dBm
  virtual std::string name() const = 0;         // as advertised at any time, blanks at the ends cut; empty where it is not known
};

class Transport {
 public:
  virtual ~Transport() = default;

  virtual const RadioStatus& radio() const = 0;
  virtual void observe(TransportObserver* observer) = 0;  // one; null = none

  // Keeps discovery running while wanted, also across restarts of whatever is below; it pauses by itself while a connect is under way.
  virtual void scan(bool wanted) = 0;

  // The observer outlives the link. One link a device.
  virtual std::unique_ptr<Link> link(const MacAddress& address, LinkObserver& observer) = 0;
};

}  // namespace blupow::ble
