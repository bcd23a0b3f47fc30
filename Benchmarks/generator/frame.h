// The bytes of a packet as one point of its way sees them.
#pragma once

#include <stdint.h>

#include "flows.h"
#include "options.h"
#include "traffic.h"

// Points of the way, in order.
enum Leg { SENDER_VETH, SENDER_NIC, RECEIVER_NIC, RECEIVER_VETH, LEG_COUNT };

// Longest frame: a unit of MAXIMUM_RUN segments.
enum { MAXIMUM_FRAME = MAXIMUM_RUN * SEGMENT_LENGTH + 256 };

struct FrameWriter {
  const struct Options *options;
  const struct Flow *flows;
  // Identification of the outer header: Linux counts by destination.
  uint16_t tunnelIdentification;
};

// Whether the point sees a frame of its own for this packet: a unit's segments share one.
static inline int isSeen(const struct Packet *packet, enum Leg leg) {
  switch (leg) {
    case SENDER_VETH: return packet->sentSegments > 0;
    case SENDER_NIC: return 1;
    case RECEIVER_NIC: return !packet->isLost;
    default: return !packet->isLost && packet->receivedSegments > 0;
  }
}

// Writes up to the snaplen, and at most MAXIMUM_FRAME octets; returns the whole frame's length.
// `octets` has place for MAXIMUM_FRAME. Octets written: the lesser of snaplen and frame length.
uint32_t writeFrame(
    const struct FrameWriter *writer, const struct Packet *packet, enum Leg leg, uint8_t *octets);
