#include "frame.h"

#include <string.h>

#include "headers.h"
#include "payload.h"

enum {
  VXLAN_LENGTH = 8,
  // With the timestamps option.
  TCP_LENGTH = 32,
  ICMP_LENGTH = 8,
  TUNNEL_LENGTH = ETHERNET_LENGTH + IPV4_LENGTH + UDP_LENGTH + VXLAN_LENGTH,
  REQUEST_NUMBER_LENGTH = 8,
  FLANNEL_PORT = 8472,
  FLANNEL_VNI = 1,
};

static void writeTunnel(
    const struct FrameWriter *writer, const struct Flow *flow, unsigned from, unsigned to,
    uint32_t innerLength, uint8_t *octets) {
  writeEthernet(octets, to, NIC, from, NIC);
  octets += ETHERNET_LENGTH;
  uint32_t udpLength = UDP_LENGTH + VXLAN_LENGTH + innerLength;
  writeIPv4(
      octets, &(struct IPv4){
                  .source = nodeAddress(from),
                  .destination = nodeAddress(to),
                  .length = IPV4_LENGTH + udpLength,
                  .identification = writer->tunnelIdentification,
                  .timeToLive = 64,
                  .protocol = PROTOCOL_UDP,
                  .mayFragment = true});
  octets += IPV4_LENGTH;
  writeUDP(octets, flow->tunnelPort, FLANNEL_PORT, udpLength);
  octets += UDP_LENGTH;
  put32(octets, 0x08000000);
  put32(octets + 4, FLANNEL_VNI << 8);
}

// MARK: the inner packet

struct Ends {
  uint32_t source;
  uint32_t destination;
  uint16_t sourcePort;
  uint16_t destinationPort;
};

static struct Ends endsOf(
    const struct FrameWriter *writer, const struct Packet *packet, const struct Flow *flow,
    enum Leg leg) {
  bool isAtClient = leg == (packet->isReply ? RECEIVER_VETH : SENDER_VETH);
  bool isTranslated = isAtClient && writer->options->hasService && packet->kind != ICMP_ECHO;
  uint32_t client = podAddress(flow->clientNode);
  uint32_t server = isTranslated ? SERVICE_ADDRESS : podAddress(flow->serverNode);
  uint16_t port = isTranslated ? SERVICE_PORT : SERVER_PORT;
  return packet->isReply ? (struct Ends){server, client, port, flow->clientPort}
                         : (struct Ends){client, server, flow->clientPort, port};
}

// What one frame holds: a segment, or the unit that a veth sees.
struct Unit {
  uint32_t sequence;
  uint16_t identification;
  uint32_t payloadLength;
};

static struct Unit unitOf(const struct Packet *packet, enum Leg leg, bool hasZeroIdentification) {
  uint32_t segments = leg == SENDER_VETH     ? packet->sentSegments
                      : leg == RECEIVER_VETH ? packet->receivedSegments
                                             : 1;
  // A merged unit is seen when its last segment has come, and bears the first one's number.
  uint32_t earlier = leg == RECEIVER_VETH ? segments - 1 : 0;
  return (struct Unit){
      .sequence = packet->sequence - earlier * packet->payloadLength,
      .identification = hasZeroIdentification ? 0 : (uint16_t)(packet->identification - earlier),
      .payloadLength = segments * packet->payloadLength,
  };
}

static uint64_t pseudoHeaderSum(const struct Ends *ends, uint8_t protocol, uint32_t length) {
  return (uint64_t)(ends->source >> 16) + (ends->source & 0xffff) + (ends->destination >> 16) +
         (ends->destination & 0xffff) + protocol + length;
}

static unsigned writeTCP(
    uint8_t *octets, const struct Packet *packet, const struct Ends *ends, const struct Unit *unit,
    uint32_t patternOffset) {
  const uint8_t acknowledgmentFlag = 0x10, pushFlag = 0x08;
  put16(octets, ends->sourcePort);
  put16(octets + 2, ends->destinationPort);
  put32(octets + 4, unit->sequence);
  put32(octets + 8, packet->acknowledgment);
  octets[12] = TCP_LENGTH / 4 << 4;
  octets[13] = acknowledgmentFlag | (packet->isPushed ? pushFlag : 0);
  put16(octets + 14, 501);
  put32(octets + 16, 0);
  put32(octets + 20, 0x0101080a);
  put32(octets + 24, packet->timestamp);
  put32(octets + 28, packet->timestampEcho);
  uint64_t total = sumWords(octets, TCP_LENGTH) + patternSum(patternOffset, unit->payloadLength) +
                   pseudoHeaderSum(ends, PROTOCOL_TCP, TCP_LENGTH + unit->payloadLength);
  put16(octets + 16, checksum(total));
  return TCP_LENGTH;
}

// UDP or ICMP with the number of the request, which the rest of the payload follows.
static unsigned writeRequest(
    uint8_t *octets, const struct Packet *packet, const struct Ends *ends, uint32_t patternOffset) {
  uint8_t *number = octets + UDP_LENGTH;
  put32(number, packet->flow);
  put32(number + 4, packet->request);
  uint32_t length = UDP_LENGTH + packet->payloadLength;
  uint64_t total = patternSum(patternOffset, packet->payloadLength - REQUEST_NUMBER_LENGTH);
  unsigned checksumOffset;
  if (packet->kind == UDP_DATAGRAM) {
    writeUDP(octets, ends->sourcePort, ends->destinationPort, length);
    total += pseudoHeaderSum(ends, PROTOCOL_UDP, length);
    checksumOffset = 6;
  } else {
    put32(octets, packet->isReply ? 0 : 0x08000000);
    put16(octets + 4, packet->isReply ? ends->destinationPort : ends->sourcePort);
    put16(octets + 6, packet->request);
    checksumOffset = 2;
  }
  total += sumWords(octets, UDP_LENGTH + REQUEST_NUMBER_LENGTH);
  uint16_t sent = checksum(total);
  // For UDP zero would mean "none" (RFC 768).
  put16(octets + checksumOffset, sent == 0 && packet->kind == UDP_DATAGRAM ? 0xffff : sent);
  return UDP_LENGTH + REQUEST_NUMBER_LENGTH;
}

static uint8_t timeToLive(enum Leg leg) {
  return leg == SENDER_VETH ? 64 : leg == RECEIVER_VETH ? 62 : 63;
}

static uint8_t protocolOf(enum PacketKind kind) {
  return kind == TCP_SEGMENT ? PROTOCOL_TCP : kind == UDP_DATAGRAM ? PROTOCOL_UDP : PROTOCOL_ICMP;
}

static void writeInnerEthernet(uint8_t *octets, enum Leg leg, unsigned from, unsigned to) {
  switch (leg) {
    case SENDER_VETH: writeEthernet(octets, from, BRIDGE, from, POD); break;
    case RECEIVER_VETH: writeEthernet(octets, to, POD, to, BRIDGE); break;
    default: writeEthernet(octets, to, VTEP, from, VTEP);
  }
}

// Writes the IP packet's headers and, of its payload, what the snaplen leaves; returns its length.
static uint32_t writeInnerPacket(
    const struct FrameWriter *writer, const struct Packet *packet, enum Leg leg, uint8_t *octets,
    uint32_t capturable) {
  const struct Flow *flow = &writer->flows[packet->flow];
  struct Ends ends = endsOf(writer, packet, flow, leg);
  struct Unit unit = unitOf(packet, leg, writer->options->hasZeroIdentifications);
  bool isTCP = packet->kind == TCP_SEGMENT;
  uint32_t streamOffset = isTCP ? unit.sequence - flow->clientStart : 2 * packet->request;
  uint32_t patternOffset = (streamOffset + 2 * packet->flow) % PATTERN_LENGTH & ~1u;
  uint32_t length = IPV4_LENGTH + (isTCP ? TCP_LENGTH : UDP_LENGTH) + unit.payloadLength;

  writeIPv4(
      octets, &(struct IPv4){
                  .source = ends.source,
                  .destination = ends.destination,
                  .length = length,
                  .identification = unit.identification,
                  .timeToLive = timeToLive(leg),
                  .protocol = protocolOf(packet->kind),
                  .mayFragment = packet->mayFragment});
  uint8_t *transport = octets + IPV4_LENGTH;
  uint32_t headers = IPV4_LENGTH;
  headers += isTCP ? writeTCP(transport, packet, &ends, &unit, patternOffset)
                   : writeRequest(transport, packet, &ends, patternOffset);
  uint32_t captured = length < capturable ? length : capturable;
  if (captured > headers) memcpy(octets + headers, patternAt(patternOffset), captured - headers);
  return length;
}

uint32_t writeFrame(
    const struct FrameWriter *writer, const struct Packet *packet, enum Leg leg, uint8_t *octets) {
  const struct Flow *flow = &writer->flows[packet->flow];
  unsigned from = packet->isReply ? flow->serverNode : flow->clientNode;
  unsigned to = packet->isReply ? flow->clientNode : flow->serverNode;
  uint32_t outerLength = leg == SENDER_NIC || leg == RECEIVER_NIC ? TUNNEL_LENGTH : 0;
  uint32_t packetOffset = outerLength + ETHERNET_LENGTH;
  uint32_t snaplen = writer->options->snaplen;

  writeInnerEthernet(octets + outerLength, leg, from, to);
  uint32_t capturable = snaplen > packetOffset ? snaplen - packetOffset : 0;
  uint32_t length = writeInnerPacket(writer, packet, leg, octets + packetOffset, capturable);
  uint32_t innerLength = ETHERNET_LENGTH + length;
  if (outerLength > 0) writeTunnel(writer, flow, from, to, innerLength, octets);
  return outerLength + innerLength;
}
