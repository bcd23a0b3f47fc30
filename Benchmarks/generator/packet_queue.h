// Packets that wait for their time, first in, first out.
#pragma once

#include <stdlib.h>

#include "traffic.h"

enum { PACKET_QUEUE_LENGTH = 1 << 14 };

struct PacketQueue {
  uint32_t first;
  uint32_t end;
  struct Packet packets[PACKET_QUEUE_LENGTH];
};

static inline void enqueue(struct PacketQueue *queue, const struct Packet *packet) {
  if (queue->end - queue->first == PACKET_QUEUE_LENGTH) abort();
  queue->packets[queue->end++ % PACKET_QUEUE_LENGTH] = *packet;
}

// The first packet, if it is due at `time`.
static inline struct Packet *dequeueDue(struct PacketQueue *queue, uint64_t time) {
  if (queue->first == queue->end) return NULL;
  struct Packet *packet = &queue->packets[queue->first % PACKET_QUEUE_LENGTH];
  if (packet->time > time) return NULL;
  queue->first++;
  return packet;
}
