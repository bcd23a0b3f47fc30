// What work to make, as the command line says.
#pragma once

#include <stdbool.h>
#include <stdint.h>

enum { MAXIMUM_POINTS = 64 };

enum CaptureFormat { PCAP_MICROSECONDS, PCAP_NANOSECONDS, PCAPNG };

struct Options {
  const char *folder;
  uint64_t packets;
  uint64_t seed;
  // Inner packets sent per second of the capture, over all flows.
  uint32_t rate;
  uint32_t flows;
  uint32_t points;
  uint32_t snaplen;
  // Lost on the wire, per million packets.
  uint32_t loss;
  // Nanoseconds by which the clocks of the serving nodes are ahead.
  int64_t clockOffset;
  enum CaptureFormat format;
  bool hasOffload;
  bool hasService;
  bool hasZeroIdentifications;
  bool isFlood;
  bool hasEqualTimes;
};

// Ends the program with a message and status 64 where the command line is wrong.
struct Options parseOptions(int count, char **words);
