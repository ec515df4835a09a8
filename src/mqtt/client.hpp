// The seam to the broker. Everything is called and answered on the loop's thread. Never blocks.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "core/time.hpp"

namespace blupow::mqtt {

struct Message {
  std::string topic;
  std::string payload;
  bool retained = false;
};

struct Will {
  std::string topic;
  std::string payload;
};

// Where and as whom. Passwords are never logged.
struct BrokerSettings {
  std::string host = "localhost";  // begins with '/': a unix socket
  std::uint16_t port = 1883;
  std::string username;
  std::string password;
  bool ssl = false;
  std::string ca_file;    // PEM; empty = the system's authorities
  std::string client_id;  // empty = "blupow-" and a random text

  bool operator==(const BrokerSettings&) const = default;
};

enum class TroubleKind : std::uint8_t {
  unreachable,           // no such host, nobody listens, or the connection was lost
  silent,                // there, but does not answer
  login_refused,         // user name or password
  refused,               // for another reason
  certificate_refused,   // by us: signer, dates or name
  unusable_authorities,  // ca_file (or the system's authorities) cannot be used
};

// Why the broker cannot be had. The text follows the broker's name: "is not reachable: Connection refused".
struct Trouble {
  TroubleKind kind = TroubleKind::unreachable;
  std::string text;
};

class ClientObserver {
 public:
  virtual ~ClientObserver() = default;
  virtual void mqttConnected() = 0;     // accepted by the broker; nothing is subscribed yet
  virtual void mqttDisconnected() = 0;  // was connected
  virtual void mqttReceived(const Message& message) = 0;
  virtual void mqttSubscribed(std::uint32_t id) = 0;      // retained messages of that subscription come from now on
  virtual void mqttFailed(const Trouble& /*trouble*/) {}  // an attempt to connect failed; the next follows by itself
};

class Client {
 public:
  virtual ~Client() = default;

  // Connects and keeps connecting, with its own back-off; logs once a change. Without settings it waits for use().
  virtual void start(ClientObserver& observer) = 0;
  // Where and as whom from the next attempt on, which follows at once; a connection that stands is kept until it ends. A name that is being looked
  // up for the settings before is waited for.
  virtual void use(BrokerSettings settings) = 0;
  virtual bool connected() const = 0;

  // QoS 1. Dropped while not connected (everything is published anew after each connection).
  virtual void publish(std::string_view topic, std::string_view payload, bool retained) = 0;
  // Returns an id for mqttSubscribed; 0 while not connected. A refused subscription is logged. A broker may drop retained messages of one subscription
  // beyond its limit (Mosquitto: about 1000, mosquitto.conf max_queued_messages; Home Assistant's: 8192).
  virtual std::uint32_t subscribe(std::string_view filter) = 0;
  virtual void unsubscribe(std::string_view filter) = 0;

  // Sends what is queued and disconnects in order (the will is not sent); calls back when done or after the bound.
  virtual void stop(Duration bound, std::move_only_function<void()> done) = 0;
};

}  // namespace blupow::mqtt
