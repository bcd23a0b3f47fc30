#include "traffic.h"

#include <stdlib.h>

#include "flows.h"
#include "packet_queue.h"
#include "random.h"

enum {
  CONCURRENT_RUNS = 8,
  // Flows that are too few for concurrent runs have one at a time.
  FLOWS_FOR_CONCURRENCY = 16,
  // Of the packets that answer nothing, one in so many is a request: 5 % of all packets.
  PACKETS_PER_REQUEST = 13,
  // A new unit of GSO or GRO starts with one in so many segments.
  SEGMENTS_PER_UNIT = 6,
  RETRANSMISSION_DELAY = 400000,
};

static const uint64_t START = 1763823788000000000;

struct Segment {
  bool isLost;
  uint8_t sentSegments;
  uint8_t receivedSegments;
};

struct Run {
  uint32_t flow;
  uint32_t timestamp;
  uint16_t identification;
  uint16_t length;
  uint16_t position;
  struct Segment segments[MAXIMUM_RUN];
};

struct Traffic {
  const struct Options *options;
  struct Flow *flows;
  struct Random random;
  uint64_t time;
  uint64_t retransmissions;
  unsigned runCount;
  struct Run runs[CONCURRENT_RUNS];
  // Linux counts identifications of UDP and ICMP by destination, not by socket.
  uint16_t identifications[MAXIMUM_POINTS];
  struct PacketQueue replies;
  struct PacketQueue retransmitted;
};

struct Traffic *makeTraffic(const struct Options *options) {
  struct Traffic *traffic = calloc(1, sizeof *traffic);
  if (traffic == NULL) abort();
  traffic->options = options;
  traffic->flows = makeFlows(options);
  traffic->random.state = options->seed ^ 0x5851f42d4c957f2d;
  traffic->time = START;
  for (unsigned node = 0; node < MAXIMUM_POINTS; node++) {
    traffic->identifications[node] = (uint16_t)nextRandom(&traffic->random);
  }
  traffic->runCount = options->flows < FLOWS_FOR_CONCURRENCY ? 1 : CONCURRENT_RUNS;
  return traffic;
}

const struct Flow *flowsOf(const struct Traffic *traffic) { return traffic->flows; }

uint64_t retransmissionCount(const struct Traffic *traffic) { return traffic->retransmissions; }

static bool isLost(struct Traffic *traffic) {
  return randomBelow(&traffic->random, 1000000) < traffic->options->loss;
}

// MARK: runs of TCP segments

static bool isRunning(const struct Traffic *traffic, uint32_t flow) {
  for (unsigned index = 0; index < traffic->runCount; index++) {
    const struct Run *run = &traffic->runs[index];
    if (run->position < run->length && run->flow == flow) return true;
  }
  return false;
}

static uint32_t idleTCPFlow(struct Traffic *traffic) {
  uint32_t flow;
  do {
    flow = randomBelow(&traffic->random, traffic->options->flows);
  } while (traffic->flows[flow].kind != TCP_SEGMENT || isRunning(traffic, flow));
  return flow;
}

// Cuts the run into the units that the veths see: at the sender's as sent, at the receiver's as
// merged again, which need not have the same borders and never spans a lost segment.
static void cutUnits(struct Traffic *traffic, struct Run *run) {
  unsigned unitStart = 0;
  uint8_t received = 0;
  for (unsigned index = 0; index < run->length; index++) {
    struct Segment *segment = &run->segments[index];
    bool startsUnit = randomBelow(&traffic->random, SEGMENTS_PER_UNIT) == 0;
    if (!traffic->options->hasOffload || startsUnit) unitStart = index;
    segment->sentSegments = 0;
    run->segments[unitStart].sentSegments++;
    segment->receivedSegments = 0;
    if (segment->isLost) continue;
    received++;
    bool isLast = index + 1 == run->length || run->segments[index + 1].isLost;
    bool endsUnit = randomBelow(&traffic->random, SEGMENTS_PER_UNIT) == 0;
    if (!traffic->options->hasOffload || isLast || endsUnit) {
      segment->receivedSegments = received;
      received = 0;
    }
  }
}

static void startRun(struct Traffic *traffic, struct Run *run) {
  run->flow = idleTCPFlow(traffic);
  run->timestamp = (uint32_t)(traffic->time / 1000000);
  run->length = (uint16_t)(1 + randomBelow(&traffic->random, MAXIMUM_RUN));
  run->position = 0;
  // All at once: a retransmission must not take one out of the middle of a unit.
  run->identification = traffic->flows[run->flow].clientIdentification;
  traffic->flows[run->flow].clientIdentification += run->length;
  // One gap at a time keeps the receiver's side simple.
  bool mayLose = !traffic->flows[run->flow].hasGap;
  for (unsigned index = 0; index < run->length; index++) {
    run->segments[index].isLost = isLost(traffic) && mayLose;
    if (run->segments[index].isLost) mayLose = false;
  }
  cutUnits(traffic, run);
}

static void loseSegment(struct Traffic *traffic, const struct Packet *packet) {
  traffic->flows[packet->flow].hasGap = true;
  struct Packet again = *packet;
  again.time += RETRANSMISSION_DELAY;
  again.timestamp += RETRANSMISSION_DELAY / 1000000 + 1;
  again.isLost = false;
  again.sentSegments = again.receivedSegments = 1;
  enqueue(&traffic->retransmitted, &again);
}

static struct Packet nextSegment(struct Traffic *traffic) {
  struct Run *run = &traffic->runs[randomBelow(&traffic->random, traffic->runCount)];
  if (run->position == run->length) startRun(traffic, run);
  struct Flow *flow = &traffic->flows[run->flow];
  struct Segment segment = run->segments[run->position];
  uint16_t identification = (uint16_t)(run->identification + run->position);
  run->position++;
  struct Packet packet = {
      .time = traffic->time,
      .flow = run->flow,
      .kind = TCP_SEGMENT,
      .isLost = segment.isLost,
      .isPushed = run->position == run->length,
      .identification = identification,
      .payloadLength = SEGMENT_LENGTH,
      .sentSegments = segment.sentSegments,
      .receivedSegments = segment.receivedSegments,
      .sequence = flow->clientNext,
      .acknowledgment = flow->serverStart,
      .timestamp = run->timestamp,
  };
  flow->clientNext += SEGMENT_LENGTH;
  if (packet.isLost) loseSegment(traffic, &packet);
  return packet;
}

// MARK: requests and replies

static uint16_t payloadLength(enum PacketKind kind, uint32_t request) {
  return kind == ICMP_ECHO ? 56 : (uint16_t)(24 + 2 * (request * 7 % 64));
}

static struct Packet nextRequest(struct Traffic *traffic) {
  uint32_t pairs = traffic->options->flows / 20;
  uint32_t index = randomBelow(&traffic->random, 2 * pairs);
  uint32_t flow = 20 * (index / 2) + 18 + index % 2;
  uint32_t request = traffic->flows[flow].requests++;
  enum PacketKind kind = traffic->flows[flow].kind;
  return (struct Packet){
      .time = traffic->time,
      .flow = flow,
      .kind = kind,
      .mayFragment = true,
      .isLost = isLost(traffic),
      .identification = traffic->identifications[traffic->flows[flow].clientNode]++,
      .payloadLength = payloadLength(kind, request),
      .sentSegments = 1,
      .receivedSegments = 1,
      .request = request,
  };
}

static struct Packet identicalDatagram(struct Traffic *traffic) {
  return (struct Packet){
      .time = traffic->time,
      .kind = UDP_DATAGRAM,
      .mayFragment = true,
      .isLost = isLost(traffic),
      .identification = 0x1234,
      .payloadLength = 64,
      .sentSegments = 1,
      .receivedSegments = 1,
  };
}

static void reply(struct Traffic *traffic, const struct Packet *request, uint64_t time) {
  struct Packet packet = *request;
  packet.time = time;
  packet.isReply = true;
  packet.isLost = isLost(traffic);
  packet.identification = traffic->identifications[traffic->flows[request->flow].serverNode]++;
  enqueue(&traffic->replies, &packet);
}

static void acknowledge(struct Traffic *traffic, const struct Packet *segment, uint64_t time) {
  struct Flow *flow = &traffic->flows[segment->flow];
  struct Packet packet = {
      .time = time,
      .flow = segment->flow,
      .kind = TCP_SEGMENT,
      .isReply = true,
      .isLost = isLost(traffic),
      .identification = flow->serverIdentification++,
      .sentSegments = 1,
      .receivedSegments = 1,
      .sequence = flow->serverStart,
      .acknowledgment = flow->serverExpects,
      .timestamp = (uint32_t)(time / 1000000),
      .timestampEcho = segment->timestamp,
  };
  enqueue(&traffic->replies, &packet);
}

static void receiveSegment(struct Traffic *traffic, const struct Packet *packet, uint64_t time) {
  struct Flow *flow = &traffic->flows[packet->flow];
  uint32_t end = packet->sequence + packet->payloadLength;
  if ((int32_t)(end - flow->serverHighest) > 0) flow->serverHighest = end;
  if (packet->sequence == flow->serverExpects) {
    flow->serverExpects = flow->serverHighest;
    flow->hasGap = false;
  }
  flow->unacknowledged++;
  // The server meets the segments of a unit together, when it has come whole.
  if (packet->receivedSegments == 0 || flow->unacknowledged < 2) return;
  flow->unacknowledged = 0;
  acknowledge(traffic, packet, time);
}

// MARK: the order of everything

void noteArrival(struct Traffic *traffic, const struct Packet *packet, uint64_t time) {
  if (packet->isReply || traffic->options->isFlood) return;
  uint64_t answerTime = time + 2000 + randomBelow(&traffic->random, 16000);
  if (packet->kind == TCP_SEGMENT) {
    receiveSegment(traffic, packet, answerTime);
  } else {
    reply(traffic, packet, answerTime);
  }
}

static bool takeWaiting(struct Traffic *traffic, struct Packet *packet) {
  struct Packet *waiting = dequeueDue(&traffic->retransmitted, traffic->time);
  if (waiting != NULL) {
    traffic->retransmissions++;
    waiting->identification = traffic->flows[waiting->flow].clientIdentification++;
  } else {
    waiting = dequeueDue(&traffic->replies, traffic->time);
  }
  if (waiting == NULL) return false;
  *packet = *waiting;
  packet->time = traffic->time;
  return true;
}

struct Packet nextPacket(struct Traffic *traffic) {
  const struct Options *options = traffic->options;
  uint32_t interval = 1000000000 / options->rate;
  traffic->time += interval / 2 + randomBelow(&traffic->random, interval);
  struct Packet packet;
  if (options->isFlood) {
    packet = identicalDatagram(traffic);
  } else if (!takeWaiting(traffic, &packet)) {
    bool isRequest =
        options->flows >= 20 && randomBelow(&traffic->random, PACKETS_PER_REQUEST) == 0;
    packet = isRequest ? nextRequest(traffic) : nextSegment(traffic);
  }
  if (options->hasZeroIdentifications) {
    packet.identification = 0;
    packet.mayFragment = false;
  }
  return packet;
}
