// The one file that compiles the bodies of Asio and Beast: every other file of the program sees their declarations only (blupow_beast defines so),
// which keeps each compiler process small enough for a Raspberry Pi.
#include <boost/asio/impl/src.hpp>
#include <boost/beast/src.hpp>
