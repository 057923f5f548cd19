#define _GNU_SOURCE
#include "CNetwork.h"

#include <errno.h>
#include <sched.h>

int tutti_new_network(void) { return unshare(CLONE_NEWNET) == 0 ? 0 : -errno; }

int tutti_join_network(int descriptor) { return setns(descriptor, CLONE_NEWNET) == 0 ? 0 : -errno; }
