#pragma once
#ifndef _GNU_SOURCE
#define _GNU_SOURCE 1
#endif
#include <linux/capability.h>
#include <malloc.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

// What Swift cannot call: variadic functions, and functions that glibc has no name for.

static inline int vxhop_enter_network_namespace(int descriptor) {
  return setns(descriptor, CLONE_NEWNET);
}

static inline int vxhop_forbid_new_privileges(void) {
  return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
}

// Gives up every capability, permitted, effective, inheritable and ambient.
static inline int vxhop_drop_capabilities(void) {
  struct __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
  struct __user_cap_data_struct none[2] = {{0, 0, 0}, {0, 0, 0}};
  return (int)syscall(SYS_capset, &header, none);
}

// The capabilities in effect, as a bit set; 0 if they cannot be told.
static inline unsigned long long vxhop_effective_capabilities(void) {
  struct __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
  struct __user_cap_data_struct sets[2] = {{0, 0, 0}, {0, 0, 0}};
  if (syscall(SYS_capget, &header, sets) != 0) return 0;
  return (unsigned long long)sets[1].effective << 32 | sets[0].effective;
}

// Asks for 192 bytes of memory, about a row or a frame's headers, before they are needed. Of an address that is none
// nothing comes of it.
static inline void vxhop_prefetch(const void *start) {
  __builtin_prefetch(start, 0, 3);
  __builtin_prefetch((const char *)start + 64, 0, 3);
  __builtin_prefetch((const char *)start + 128, 0, 3);
}

// The same of a line of the cache, 64 bytes with most processors.
static inline void vxhop_prefetch_line(const void *start) {
  __builtin_prefetch(start, 0, 3);
}

// The same to write it, so that no other core has it any more. Without being told so the compiler does not count on
// the instruction, which does nothing where the processor has none.
static inline void vxhop_prefetch_to_write(void *start) {
  char *lines = (char *)start;
#ifdef __x86_64__
  __asm__ volatile("prefetchw %0" : : "m"(lines[0]));
  __asm__ volatile("prefetchw %0" : : "m"(lines[64]));
  __asm__ volatile("prefetchw %0" : : "m"(lines[128]));
#else
  __builtin_prefetch(lines, 1, 3);
  __builtin_prefetch(lines + 64, 1, 3);
  __builtin_prefetch(lines + 128, 1, 3);
#endif
}

// One of two numbers, chosen without a branch where nothing foretells which.
static inline long vxhop_choose(_Bool is_first, long first, long second) {
  return __builtin_unpredictable(is_first) ? first : second;
}
