// The way of the packets over the points of all nodes, each point's capture in order of time.
#pragma once

#include "capture_file.h"
#include "flows.h"
#include "frame.h"
#include "options.h"
#include "random.h"
#include "traffic.h"

struct Way;

struct Way *makeWay(const struct Options *options, const struct Flow *flows);
// Sends a packet; returns its time at the receiver's veth, also where it got lost before.
uint64_t sendPacket(struct Way *way, const struct Packet *packet);
void finishWay(struct Way *way);

unsigned captureCount(const struct Way *way);
const struct CaptureFile *captureAt(const struct Way *way, unsigned index);
