#include "way.h"

#include <stdlib.h>

enum {
  // More than are under way at once: 2 million a second for less than a millisecond, and a batch.
  LANE_LENGTH = 8192,
  BATCH_LENGTH = 256,
};

struct Crossing {
  uint64_t time;
  uint32_t packet;
  uint8_t leg;
};

// Packets that cross a point in one direction, in order; one behind the other, never overtaking.
struct Lane {
  uint64_t lastTime;
  uint32_t first;
  uint32_t end;
  struct Crossing crossings[LANE_LENGTH];
};

struct Point {
  struct CaptureFile file;
  int64_t clockOffset;
  struct Lane lanes[2];
};

struct Way {
  const struct Options *options;
  const struct Flow *flows;
  struct Random random;
  struct FrameWriter writer;
  bool hasVeths;
  unsigned pointCount;
  uint64_t sent;
  uint16_t tunnelIdentifications[MAXIMUM_POINTS];
  uint16_t tunnelIdentificationOf[LANE_LENGTH];
  struct Packet packets[LANE_LENGTH];
  struct Point points[];
};

enum Direction { LEAVING, ARRIVING };

struct Way *makeWay(const struct Options *options, const struct Flow *flows) {
  struct Way *way = calloc(1, sizeof *way + options->points * sizeof way->points[0]);
  if (way == NULL) abort();
  way->options = options;
  way->flows = flows;
  way->random.state = options->seed ^ 0x369dea0f31a53f85;
  way->writer = (struct FrameWriter){.options = options, .flows = flows};
  way->hasVeths = options->points > 2;
  way->pointCount = options->points;
  for (unsigned index = 0; index < way->pointCount; index++) {
    unsigned node = way->hasVeths ? index / 2 : index;
    bool isVeth = way->hasVeths && index % 2 == 0;
    char interface[16], name[32];
    snprintf(interface, sizeof interface, isVeth ? "veth%02x" : "eth0", node + 1);
    snprintf(name, sizeof name, "n%u-%s", node + 1, interface);
    openCapture(&way->points[index].file, options, name, interface);
    way->points[index].clockOffset = node % 2 == 1 ? options->clockOffset : 0;
  }
  return way;
}

static void writeCrossing(struct Way *way, struct Point *point, const struct Crossing *crossing) {
  const struct Packet *packet = &way->packets[crossing->packet];
  way->writer.tunnelIdentification = way->tunnelIdentificationOf[crossing->packet];
  uint8_t *octets = beginRecord(&point->file);
  uint32_t length = writeFrame(&way->writer, packet, crossing->leg, octets);
  uint64_t time = way->options->hasEqualTimes ? 1763823788000000000 : crossing->time;
  endRecord(&point->file, time + (uint64_t)point->clockOffset, length);
}

static struct Crossing *firstCrossing(struct Lane *lane) {
  return lane->first == lane->end ? NULL : &lane->crossings[lane->first % LANE_LENGTH];
}

// Writes what crossed the point before `time`: nothing sent from then on can come in between.
static void writeUntil(struct Way *way, struct Point *point, uint64_t time) {
  for (;;) {
    struct Lane *lane = &point->lanes[LEAVING];
    struct Crossing *crossing = firstCrossing(lane);
    struct Crossing *arriving = firstCrossing(&point->lanes[ARRIVING]);
    if (arriving != NULL && (crossing == NULL || arriving->time < crossing->time)) {
      lane = &point->lanes[ARRIVING];
      crossing = arriving;
    }
    if (crossing == NULL || crossing->time >= time) return;
    writeCrossing(way, point, crossing);
    lane->first++;
  }
}

static void writeAllUntil(struct Way *way, uint64_t time) {
  for (unsigned index = 0; index < way->pointCount; index++) {
    writeUntil(way, &way->points[index], time);
  }
}

// Nanoseconds from the point before: some microseconds inside a node, more on the wire, and now and
// then a packet that had to wait.
static uint64_t delay(struct Way *way, enum Leg leg) {
  uint32_t least = leg == RECEIVER_NIC ? 40000 : 6000;
  uint32_t spread = leg == RECEIVER_NIC ? 30000 : 14000;
  uint32_t wait = randomBelow(&way->random, 500) == 0 ? randomBelow(&way->random, 150000) : 0;
  return least + randomBelow(&way->random, spread) + wait;
}

static struct Point *pointOf(struct Way *way, unsigned node, enum Leg leg) {
  bool isVeth = leg == SENDER_VETH || leg == RECEIVER_VETH;
  if (!way->hasVeths) return isVeth ? NULL : &way->points[node];
  return &way->points[2 * node + !isVeth];
}

static uint64_t cross(
    struct Way *way, const struct Packet *packet, enum Leg leg, unsigned node, uint32_t slot,
    uint64_t time) {
  struct Point *point = pointOf(way, node, leg);
  if (point == NULL) return time;
  struct Lane *lane = &point->lanes[leg < RECEIVER_NIC ? LEAVING : ARRIVING];
  if (time < lane->lastTime) time = lane->lastTime;
  lane->lastTime = time;
  if (!isSeen(packet, leg)) return time;
  if (lane->end - lane->first == LANE_LENGTH) abort();
  lane->crossings[lane->end++ % LANE_LENGTH] =
      (struct Crossing){.time = time, .packet = slot, .leg = (uint8_t)leg};
  return time;
}

uint64_t sendPacket(struct Way *way, const struct Packet *packet) {
  if (way->sent % BATCH_LENGTH == 0) writeAllUntil(way, packet->time);
  uint32_t slot = way->sent++ % LANE_LENGTH;
  const struct Flow *flow = &way->flows[packet->flow];
  unsigned from = packet->isReply ? flow->serverNode : flow->clientNode;
  unsigned to = packet->isReply ? flow->clientNode : flow->serverNode;
  way->packets[slot] = *packet;
  way->tunnelIdentificationOf[slot] = way->tunnelIdentifications[from]++;
  uint64_t time = packet->time;
  for (enum Leg leg = SENDER_VETH; leg < LEG_COUNT; leg++) {
    if (leg != SENDER_VETH) time += delay(way, leg);
    time = cross(way, packet, leg, leg < RECEIVER_NIC ? from : to, slot, time);
  }
  return time;
}

void finishWay(struct Way *way) {
  writeAllUntil(way, UINT64_MAX);
  for (unsigned index = 0; index < way->pointCount; index++) {
    closeCapture(&way->points[index].file);
  }
}

unsigned captureCount(const struct Way *way) { return way->pointCount; }

const struct CaptureFile *captureAt(const struct Way *way, unsigned index) {
  return &way->points[index].file;
}
