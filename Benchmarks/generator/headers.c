#include "headers.h"

#include <string.h>

void put16(uint8_t *octets, uint32_t value) {
  octets[0] = (uint8_t)(value >> 8);
  octets[1] = (uint8_t)value;
}

void put32(uint8_t *octets, uint32_t value) {
  put16(octets, value >> 16);
  put16(octets + 2, value);
}

uint64_t sumWords(const uint8_t *octets, unsigned length) {
  uint64_t total = 0;
  for (unsigned offset = 0; offset < length; offset += 2) {
    total += (uint64_t)octets[offset] << 8 | octets[offset + 1];
  }
  return total;
}

uint16_t checksum(uint64_t total) {
  while (total >> 16) total = (total & 0xffff) + (total >> 16);
  return (uint16_t)~total;
}

void writeEthernet(
    uint8_t *octets, unsigned destinationNode, enum Interface destination, unsigned sourceNode,
    enum Interface source) {
  const uint8_t local = 0x02;
  const uint8_t header[ETHERNET_LENGTH] = {
      local, 0, 0, 0, (uint8_t)destination, (uint8_t)(destinationNode + 1),
      local, 0, 0, 0, (uint8_t)source,      (uint8_t)(sourceNode + 1),
      0x08,  0x00};
  memcpy(octets, header, sizeof header);
}

void writeIPv4(uint8_t *octets, const struct IPv4 *header) {
  put16(octets, 0x4500);
  put16(octets + 2, header->length);
  put16(octets + 4, header->identification);
  put16(octets + 6, header->mayFragment ? 0 : 0x4000);
  octets[8] = header->timeToLive;
  octets[9] = header->protocol;
  put16(octets + 10, 0);
  put32(octets + 12, header->source);
  put32(octets + 16, header->destination);
  put16(octets + 10, checksum(sumWords(octets, IPV4_LENGTH)));
}

void writeUDP(uint8_t *octets, uint32_t source, uint32_t destination, uint32_t length) {
  put16(octets, source);
  put16(octets + 2, destination);
  put16(octets + 4, length);
  put16(octets + 6, 0);
}
