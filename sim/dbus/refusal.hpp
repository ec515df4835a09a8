// Error answers with BlueZ's names and texts, as clients see them (BlueZ 5.66 and what users' logs show). Pure values.
#pragma once

#include <string>

namespace blupow::sim {

struct Refusal {
  std::string name;
  std::string text;

  bool operator==(const Refusal&) const = default;
};

namespace refusal {

inline Refusal failed(std::string text) { return {"org.bluez.Error.Failed", std::move(text)}; }
inline Refusal notConnectedLink() { return failed("Not connected"); }        // GATT call on a dead link
inline Refusal adapterDown() { return failed("Input/output error"); }        // Connect while the adapter is off
inline Refusal aborted() { return failed("le-connection-abort-by-local"); }  // nobody answered the connection request
inline Refusal cancelled() { return failed("br-connection-canceled"); }      // Disconnect came while connecting
inline Refusal full() { return failed("le-connection-concurrent-connection-limit"); }
inline Refusal attUnlikely() { return failed("Operation failed with ATT error: 0x0e"); }
inline Refusal noDiscovery() { return failed("No discovery started"); }
inline Refusal inProgress() { return {"org.bluez.Error.InProgress", "In Progress"}; }
inline Refusal busy() { return {"org.bluez.Error.InProgress", "Operation already in progress"}; }  // second StartDiscovery of one client
inline Refusal notReady() { return {"org.bluez.Error.NotReady", "Resource Not Ready"}; }           // adapter off
inline Refusal doesNotExist() { return {"org.bluez.Error.DoesNotExist", "Does Not Exist"}; }
inline Refusal invalidArguments() { return {"org.bluez.Error.InvalidArguments", "Invalid arguments in method call"}; }
inline Refusal notSupported() { return {"org.bluez.Error.NotSupported", "Operation is not supported"}; }
inline Refusal notifyAcquired() { return {"org.bluez.Error.NotPermitted", "Notify acquired"}; }

}  // namespace refusal

}  // namespace blupow::sim
