// Who sends what to whom, and when: the inner packets in the order of their sending.
//
// The pods of even nodes are clients, those of odd nodes serve. Clients send TCP segments in runs
// of one flow, and servers acknowledge every second one; a lost segment is sent again, with a new
// IP identification. UDP and ICMP are a request and its reply.
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "options.h"

enum { SEGMENT_LENGTH = 1348, MAXIMUM_RUN = 32 };

enum PacketKind { TCP_SEGMENT, UDP_DATAGRAM, ICMP_ECHO };

struct Packet {
  // Nanoseconds since 1970 at the sender's veth.
  uint64_t time;
  uint32_t flow;
  enum PacketKind kind;
  bool isReply;
  bool isLost;
  bool isPushed;
  bool mayFragment;
  uint16_t identification;
  // Octets of payload of one segment.
  uint16_t payloadLength;
  // Segments of the unit that starts here at the sender's veth, or ends here at the receiver's;
  // 0 inside a unit.
  uint8_t sentSegments;
  uint8_t receivedSegments;
  uint32_t sequence;
  uint32_t acknowledgment;
  uint32_t timestamp;
  uint32_t timestampEcho;
  // Number of a request: makes the payloads of UDP and ICMP differ.
  uint32_t request;
};

struct Flow;
struct Traffic;

struct Traffic *makeTraffic(const struct Options *options);
const struct Flow *flowsOf(const struct Traffic *traffic);
struct Packet nextPacket(struct Traffic *traffic);
// Tells the receiver's side that a packet arrived, and when, so that it can answer.
void noteArrival(struct Traffic *traffic, const struct Packet *packet, uint64_t time);
uint64_t retransmissionCount(const struct Traffic *traffic);
