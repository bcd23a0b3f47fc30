// The limit of what a reader can reach: headers at fixed offsets down to the inner packet's key.
//
// Understands what the generator makes (Ethernet, IPv4, VXLAN on port 8472) and checks every length.
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

enum { ETHERNET_LENGTH = 14, TUNNEL_LENGTH = 50, FLANNEL_PORT = 8472 };

static inline uint16_t load16(const uint8_t *octets) {
  uint16_t value;
  memcpy(&value, octets, 2);
  return __builtin_bswap16(value);
}

static inline uint32_t load32(const uint8_t *octets) {
  uint32_t value;
  memcpy(&value, octets, 4);
  return __builtin_bswap32(value);
}

static inline uint64_t load64(const uint8_t *octets) {
  uint64_t value;
  memcpy(&value, octets, 8);
  return value;
}

static inline uint64_t mix(uint64_t state, uint64_t value) {
  state = (state ^ value) * 0x9e3779b97f4a7c15;
  return state ^ (state >> 32);
}

static inline bool isIPv4(const uint8_t *frame, uint32_t length) {
  return length >= ETHERNET_LENGTH + 20 && load16(frame + 12) == 0x0800 &&
         frame[ETHERNET_LENGTH] >> 4 == 4;
}

// Offset of the inner Ethernet frame: 0 where there is no tunnel.
static inline uint32_t innerFrameOffset(const uint8_t *frame, uint32_t length) {
  bool isTunnel = length >= TUNNEL_LENGTH + ETHERNET_LENGTH + 20 && isIPv4(frame, length) &&
                  frame[14] == 0x45 && frame[23] == 17 && load16(frame + 36) == FLANNEL_PORT &&
                  frame[42] & 0x08;
  return isTunnel ? TUNNEL_LENGTH : 0;
}

// Addresses, protocol, identification, length, ports, and sequence and acknowledgment or identifier
// and sequence. 0 where there is no IPv4 packet.
static inline uint64_t innerKey(const uint8_t *frame, uint32_t captured) {
  uint32_t offset = innerFrameOffset(frame, captured);
  frame += offset;
  captured -= offset;
  if (!isIPv4(frame, captured)) return 0;
  const uint8_t *packet = frame + ETHERNET_LENGTH;
  captured -= ETHERNET_LENGTH;
  uint32_t headerLength = (packet[0] & 15) * 4u;
  uint8_t protocol = packet[9];
  uint64_t key = mix(0x2545f4914f6cdd1d, load64(packet + 12));
  key = mix(key, (uint64_t)load16(packet + 4) << 32 | load16(packet + 2) << 8 | protocol);
  if (captured < headerLength + 8) return key;
  const uint8_t *transport = packet + headerLength;
  if (protocol == 6 && captured >= headerLength + 20) {
    return mix(mix(key, load32(transport)), load64(transport + 4));
  }
  return mix(key, load64(transport));
}
