// The flows: addresses, ports and the state of both ends.
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "options.h"
#include "traffic.h"

enum { SERVER_PORT = 5201, SERVICE_PORT = 5200 };
// 10.43.0.10, the first address that k3s gives to a service.
static const uint32_t SERVICE_ADDRESS = 0x0a2b000a;

struct Flow {
  enum PacketKind kind;
  uint8_t clientNode;
  uint8_t serverNode;
  uint16_t clientPort;
  // Source port of the tunnel's outer header: a hash of the inner flow (RFC 7348, section 5).
  uint16_t tunnelPort;
  uint16_t clientIdentification;
  uint16_t serverIdentification;
  uint32_t clientStart;
  uint32_t serverStart;
  uint32_t clientNext;
  // What the server has received without a gap, and beyond a gap.
  uint32_t serverExpects;
  uint32_t serverHighest;
  uint32_t requests;
  // Segments received since the last acknowledgment.
  uint32_t unacknowledged;
  bool hasGap;
};

struct Flow *makeFlows(const struct Options *options);

// 10.42.<node>.2, nodes counted from 1 in addresses.
static inline uint32_t podAddress(unsigned node) { return 0x0a2a0002 | (node + 1) << 8; }
// 172.30.9.<10 + node>
static inline uint32_t nodeAddress(unsigned node) { return 0xac1e090a + node + 1; }
