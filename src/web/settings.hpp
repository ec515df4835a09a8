// Where the page is served, to whom, and what a client may cost. Plain values.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>

#include "core/time.hpp"

namespace blupow::web {

struct Limits {
  std::size_t connections = 32;
  std::size_t spare = 8;     // above those, for GET /health alone
  std::size_t streams = 16;  // of the connections, open event streams
  std::size_t header = std::size_t{32} * 1024;
  std::size_t body = std::size_t{64} * 1024;
  std::size_t backlog = std::size_t{1024} * 1024;  // bytes that a stream's client may be behind
  Duration request = std::chrono::seconds(10);     // from the first byte of a request (the first of a connection: from its beginning) to the last
  Duration idle = std::chrono::seconds(30);        // between two requests
  Duration write = std::chrono::seconds(10);
  Duration linger = std::chrono::seconds(2);  // for the client to take an answer after which the connection is closed
  Duration beat = std::chrono::seconds(5);    // between two signs of life on a stream
  Duration again = std::chrono::seconds(5);   // between two tries to have the port
};

struct Settings {
  std::string address = "127.0.0.1";  // an IP address
  std::uint16_t port = 8099;
  bool behind_ingress = false;  // inside the add-on: only the Supervisor's ingress and loopback are answered
  std::string version;
  std::filesystem::path page;  // folder of the page's files
  Limits limits = {};
};

}  // namespace blupow::web
