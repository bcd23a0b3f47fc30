#include "flows.h"

#include <stdlib.h>

#include "random.h"

static enum PacketKind kindOfFlow(uint32_t index, const struct Options *options) {
  if (options->isFlood) return UDP_DATAGRAM;
  if (index % 20 == 18) return UDP_DATAGRAM;
  if (index % 20 == 19) return ICMP_ECHO;
  return TCP_SEGMENT;
}

struct Flow *makeFlows(const struct Options *options) {
  struct Flow *flows = calloc(options->flows, sizeof *flows);
  if (flows == NULL) abort();
  struct Random random = {.state = options->seed};
  uint32_t pairs = options->points < 4 ? 1 : options->points / 4;
  for (uint32_t index = 0; index < options->flows; index++) {
    uint64_t bits = nextRandom(&random);
    struct Flow *flow = &flows[index];
    flow->kind = kindOfFlow(index, options);
    flow->clientNode = (uint8_t)(2 * (index % pairs));
    flow->serverNode = (uint8_t)(2 * (index / pairs % pairs) + 1);
    flow->clientPort = (uint16_t)(32768 + index);
    flow->tunnelPort = (uint16_t)(32768 + (bits >> 48) % 28232);
    flow->clientIdentification = (uint16_t)bits;
    flow->serverIdentification = (uint16_t)(bits >> 16);
    flow->clientStart = flow->clientNext = (uint32_t)(bits >> 8);
    flow->serverExpects = flow->serverHighest = flow->clientStart;
    flow->serverStart = (uint32_t)(bits >> 24);
  }
  return flows;
}
