#include "ble/bluez/errors.hpp"

#include <gtest/gtest.h>

namespace blupow::ble::bluez {
namespace {

struct Case {
  const char* name;
  const char* text;
  FailureKind kind;
};

constexpr auto* kFailed = "org.bluez.Error.Failed";
constexpr auto* kNoReply = "org.freedesktop.DBus.Error.NoReply";

// Every name and text known from BlueZ 5.66 to 5.87 and from dbus-daemon 1.14.
constexpr Case kCases[] = {
    {kFailed, "le-connection-abort-by-local", FailureKind::retry_now},
    {kFailed, "br-connection-canceled", FailureKind::retry_now},
    {kFailed, "Software caused connection abort", FailureKind::retry_now},
    {kFailed, "Input/output error", FailureKind::retry_later},
    {kFailed, "Operation already in progress", FailureKind::retry_later},
    {kFailed, "Host is down", FailureKind::retry_later},
    {kFailed, "le-connection-concurrent-connection-limit", FailureKind::no_slot},
    {kFailed, "Not connected", FailureKind::retry_now},
    {kFailed, "Operation failed with ATT error: 0x0e", FailureKind::retry_later},
    {kFailed, "No discovery started", FailureKind::retry_later},
    {kFailed, "something new", FailureKind::retry_later},
    {"org.bluez.Error.InProgress", "Operation already in progress", FailureKind::retry_later},
    {"org.bluez.Error.InProgress", "In Progress", FailureKind::retry_later},
    {"org.bluez.Error.NotReady", "Resource Not Ready", FailureKind::adapter_gone},
    {"org.bluez.Error.NotAvailable", "Operation currently not available", FailureKind::retry_later},
    {"org.bluez.Error.AlreadyConnected", "Already Connected", FailureKind::retry_now},
    {"org.bluez.Error.NotConnected", "Not Connected", FailureKind::retry_now},
    {"org.bluez.Error.DoesNotExist", "Does Not Exist", FailureKind::device_absent},
    {"org.bluez.Error.NotPermitted", "Notify acquired", FailureKind::in_use},
    {"org.bluez.Error.NotPermitted", "Write acquired", FailureKind::in_use},
    {"org.bluez.Error.NotSupported", "Operation is not supported", FailureKind::retry_later},
    {"org.bluez.Error.NotSupported", "Notify acquired", FailureKind::in_use},
    {"org.freedesktop.DBus.Error.UnknownObject", "Method \"Connect\" doesn't exist", FailureKind::device_absent},
    {"org.freedesktop.DBus.Error.ServiceUnknown", "The name org.bluez was not provided by any .service files", FailureKind::daemon_gone},
    {"org.freedesktop.DBus.Error.NameHasNoOwner", "Could not get owner of name 'org.bluez': no such name", FailureKind::daemon_gone},
    {"org.freedesktop.DBus.Error.Spawn.ChildExited", "Process org.bluez exited with status 1", FailureKind::daemon_gone},
    {"org.freedesktop.DBus.Error.Spawn.ServiceNotFound", "", FailureKind::daemon_gone},
    {kNoReply, "Method call timed out", FailureKind::retry_later},
    {kNoReply, "Message recipient disconnected from message bus without replying", FailureKind::daemon_gone},
    {kNoReply, "Connection terminated", FailureKind::daemon_gone},
    {"org.freedesktop.DBus.Error.Disconnected", "Connection reset by peer", FailureKind::daemon_gone},
    {"System.Error.ENOTCONN", "", FailureKind::daemon_gone},
    {"System.Error.ECONNREFUSED", "", FailureKind::daemon_gone},
    {"org.freedesktop.DBus.Error.FileNotFound", "", FailureKind::daemon_gone},
    {"org.freedesktop.DBus.Error.LimitsExceeded", "", FailureKind::retry_later},
    {"org.freedesktop.DBus.Error.AccessDenied", "An AppArmor policy prevents this sender from sending this message", FailureKind::access_denied},
};

TEST(ErrorTable, GivesEachKnownErrorItsKind) {
  for (const auto& [errorName, text, kind] : kCases) {
    EXPECT_EQ(name(failureOf(BusError{errorName, text}, "connect").kind), name(kind)) << errorName << " '" << text << "'";
  }
}

TEST(ErrorTable, SaysWhatWasDoneAndWhatWasAnswered) {
  EXPECT_EQ(failureOf(BusError{kFailed, "Host is down"}, "connect").text, "connect: Host is down");
  EXPECT_EQ(failureOf(BusError{kFailed, "bad\nline"}, "write").text, "write: bad?line");
  EXPECT_EQ(failureOf(BusError{"org.bluez.Error.NotReady", ""}, "connect").text, "connect: org.bluez.Error.NotReady");
}

TEST(ErrorTable, KnowsInProgressByNameAndByText) {
  EXPECT_TRUE(isInProgress({"org.bluez.Error.InProgress", "In Progress"}));
  EXPECT_TRUE(isInProgress({kFailed, "Operation already in progress"}));
  EXPECT_FALSE(isInProgress({kFailed, "Host is down"}));
}

TEST(ErrorTable, KnowsOurOwnSubscriptionThatIsStillThere) {
  EXPECT_TRUE(isAlreadyNotifying({kFailed, "Already notifying"}));
  EXPECT_FALSE(isAlreadyNotifying({"org.bluez.Error.NotPermitted", "Notify acquired"}));
}

TEST(ErrorTable, NamesWhatIsMissingOfTheRadio) {
  EXPECT_EQ(failureOf(RadioStatus{.state = RadioState::adapter_off}).kind, FailureKind::adapter_gone);
  EXPECT_EQ(failureOf(RadioStatus{.state = RadioState::no_adapter, .detail = "hci3 is not there"}),
            (Failure{FailureKind::adapter_gone, "there is no Bluetooth adapter: hci3 is not there"}));
  EXPECT_EQ(failureOf(RadioStatus{.state = RadioState::no_daemon}).kind, FailureKind::daemon_gone);
  EXPECT_EQ(failureOf(RadioStatus{.state = RadioState::no_bus}).kind, FailureKind::daemon_gone);
  EXPECT_EQ(failureOf(RadioStatus{.state = RadioState::access_denied}).kind, FailureKind::access_denied);
}

}  // namespace
}  // namespace blupow::ble::bluez
