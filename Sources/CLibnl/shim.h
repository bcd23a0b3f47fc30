#pragma once
#include <linux/net_namespace.h>
#include <linux/rtnetlink.h>
#include <netlink/netlink.h>
#include <netlink/route/addr.h>
#include <netlink/route/link.h>
#include <netlink/route/link/ipip.h>
#include <netlink/route/link/vxlan.h>
#include <netlink/route/neighbour.h>
#include <netlink/route/route.h>
#include <sys/syscall.h>
#include <unistd.h>

// setns(2) is declared for _GNU_SOURCE only, syscall(2) takes variable arguments: Swift sees neither.
static inline int enter_network_namespace(int descriptor) {
  return (int)syscall(SYS_setns, descriptor, 0x40000000 /* CLONE_NEWNET */);
}
