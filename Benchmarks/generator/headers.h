// Headers as they stand on the wire, in network byte order.
#pragma once

#include <stdbool.h>
#include <stdint.h>

enum {
  ETHERNET_LENGTH = 14,
  IPV4_LENGTH = 20,
  UDP_LENGTH = 8,
  PROTOCOL_ICMP = 1,
  PROTOCOL_TCP = 6,
  PROTOCOL_UDP = 17,
};

// Which interface of a node a MAC address belongs to.
enum Interface { POD, BRIDGE, VTEP, NIC };

struct IPv4 {
  uint32_t source;
  uint32_t destination;
  uint32_t length;
  uint16_t identification;
  uint8_t timeToLive;
  uint8_t protocol;
  bool mayFragment;
};

void put16(uint8_t *octets, uint32_t value);
void put32(uint8_t *octets, uint32_t value);
// Sum of 16-bit words, not folded; the length is even.
uint64_t sumWords(const uint8_t *octets, unsigned length);
// Internet checksum of words already summed (RFC 1071).
uint16_t checksum(uint64_t total);

void writeEthernet(
    uint8_t *octets, unsigned destinationNode, enum Interface destination, unsigned sourceNode,
    enum Interface source);
void writeIPv4(uint8_t *octets, const struct IPv4 *header);
// Without a checksum.
void writeUDP(uint8_t *octets, uint32_t source, uint32_t destination, uint32_t length);
